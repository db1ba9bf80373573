/* The queue, kept up to date: badge in the title, notification and sound when someone new waits. */

import { fragment, listen, post, replace, showProblem } from "./bureau.js";

const list = document.getElementById("liste");
const problem = document.getElementById("probleme");
const status = document.getElementById("annonce");
const title = document.title;
const notify = document.getElementById("notifications");
const sound = document.getElementById("son");
let known = null;

list.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-prendre]");
  if (!form) return;
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const { conversation } = await post(form.action);
    location.assign(`/console/conversations/${conversation}`);
  } catch (error) {
    showProblem(problem, error.message);
    await refresh();
    button.disabled = false;
  }
});

async function refresh() {
  const content = await fragment(`/console/demandes/liste${location.search}`);
  if (content) replace(list, content);
}

listen(() => "/console/demandes/flux", {
  file: async (counts) => {
    document.title = counts.free ? `(${counts.free}) ${title}` : title;
    if (known) {
      if (counts.free > known.free) announce("Une nouvelle personne attend.", counts.free);
      else if (counts.alarms > known.alarms) announce("Une demande attend depuis trop longtemps.", counts.free);
    }
    known = counts;
    await refresh();
  },
});
// Waiting times grow even when nothing happens.
setInterval(refresh, 30000);

function announce(sentence, waiting) {
  status.textContent = `${sentence} ${waiting} demande${waiting > 1 ? "s" : ""} à prendre.`;
  if (document.hidden && "Notification" in window && Notification.permission === "granted") {
    const note = new Notification("Assistance Conseiller numérique", { body: sentence, tag: "demandes" });
    note.onclick = () => window.focus();
  }
  if (sound.getAttribute("aria-pressed") === "true") beep();
}

if ("Notification" in window && Notification.permission === "default") {
  notify.hidden = false;
  notify.addEventListener("click", async () => {
    notify.hidden = (await Notification.requestPermission()) !== "default";
  });
}

sound.hidden = !("AudioContext" in window);
const setSound = (on) => {
  sound.setAttribute("aria-pressed", String(on));
  localStorage.setItem("cnfs-console-son", on ? "oui" : "non");
};
setSound(localStorage.getItem("cnfs-console-son") === "oui");
sound.addEventListener("click", () => {
  setSound(sound.getAttribute("aria-pressed") !== "true");
  if (sound.getAttribute("aria-pressed") === "true") beep();
});

function beep() {
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = 660;
  volume.gain.setValueAtTime(0.15, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.4);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.4);
}
