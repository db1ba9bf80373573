/* A conversation, live: what is new appears, what is typed is sent once and never lost. */

import { fragment, listen, post, showProblem } from "./bureau.js";
import { completeWith } from "./propositions.js";

const id = document.querySelector("[data-conversation]").dataset.conversation;
const base = `/console/conversations/${id}`;
const thread = document.getElementById("fil");
const problem = document.getElementById("probleme");
const status = document.getElementById("annonce");
const typingLine = document.getElementById("saisie");
const network = document.getElementById("reseau");
const title = document.title;
let unseen = 0;

const entries = () => document.getElementById("entrees");
const scrollToEnd = () => (entries().scrollTop = entries().scrollHeight);
scrollToEnd();

let refreshing = Promise.resolve();
/** Draws what changed; one at a time, so that an older answer never replaces a newer one. */
function refresh() {
  refreshing = refreshing.then(draw, draw);
  return refreshing;
}

async function draw() {
  const content = await fragment(`${base}/fil?lu=${document.hidden ? 0 : 1}`);
  if (!content) return;
  document.getElementById("regards").replaceWith(content.getElementById("regards"));
  const before = document.getElementById("etat");
  const after = content.getElementById("etat");
  const changedHands =
    before.dataset.etat !== after.dataset.etat || before.dataset.mienne !== after.dataset.mienne;
  before.replaceWith(after);
  const list = entries();
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const known = new Map([...list.children].map((entry) => [entry.dataset.cle, entry]));
  let added = 0;
  let previous = null;
  for (const entry of [...content.getElementById("entrees").children]) {
    const shown = known.get(entry.dataset.cle);
    if (!shown) {
      if (previous) previous.after(entry);
      else list.prepend(entry);
      previous = entry;
      if (entry.classList.contains("user")) added += 1;
      continue;
    }
    if (shown.querySelector(".remise")?.outerHTML !== entry.querySelector(".remise")?.outerHTML) {
      const open = shown.querySelector("details")?.open;
      shown.replaceWith(entry);
      if (open) entry.querySelector("details").open = true;
      previous = entry;
    } else previous = shown;
  }
  if (atEnd) scrollToEnd();
  if (added) {
    typingLine.textContent = "";
    if (document.hidden) unseen += added;
    document.title = unseen ? `(${unseen}) ${title}` : title;
  }
  if (changedHands) changed(after);
}

/** The conversation is in other hands: the page's forms are no longer the right ones. */
function changed(state) {
  const draft = document.getElementById("texte")?.value;
  if (draft) sessionStorage.setItem(`cnfs-brouillon-${id}`, draft);
  status.textContent = state.textContent.trim().replace(/\s+/g, " ");
  location.reload();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unseen = 0;
  document.title = title;
  refresh();
});

listen(
  () => `${base}/flux`,
  {
    fil: refresh,
    saisie: ({ on }) => (typingLine.textContent = on ? "La personne écrit…" : ""),
  },
  (up) => {
    network.hidden = up;
    if (up) refresh();
  },
);

/** Sends a form without leaving the page; its text goes only once the server has it. */
function send(form, field, after) {
  let busy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    try {
      await post(form.action, Object.fromEntries(new FormData(form, event.submitter)));
      showProblem(problem, "");
      if (field) field.value = "";
      after?.();
      await refresh();
      scrollToEnd();
    } catch (error) {
      showProblem(problem, error.message);
    } finally {
      busy = false;
    }
    field?.focus();
  });
}

const note = document.getElementById("note-interne");
send(note, note.querySelector("textarea"));

const answer = document.getElementById("reponse");
if (answer) {
  const text = document.getElementById("texte");
  const kept = sessionStorage.getItem(`cnfs-brouillon-${id}`);
  if (kept && !text.value) text.value = kept;
  sessionStorage.removeItem(`cnfs-brouillon-${id}`);
  const newId = () => (answer.elements.id.value = crypto.getRandomValues(new Uint32Array(4)).join("").slice(0, 32));
  newId();
  // The same id until the server has the message: a second try after a cut is not a second message.
  send(answer, text, () => {
    newId();
    tellTyping(false);
  });
  const insert = completeWith(text, `${base}/propositions`);
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      answer.requestSubmit();
    }
  });
  let typing = false;
  let lastTold = 0;
  let pause;
  const tellTyping = (on) => {
    clearTimeout(pause);
    if (on) pause = setTimeout(() => tellTyping(false), 4000);
    const now = Date.now();
    if (on === typing && (!on || now - lastTold < 3000)) return;
    typing = on;
    lastTold = now;
    post(`${base}/frappe`, { on: on ? "1" : "0" }).catch(() => {});
  };
  text.addEventListener("input", () => tellTyping(text.value.trim() !== ""));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-inserer]");
    if (button) insert(button.dataset.inserer);
  });
}

// Everything above listens now; before that, forms work as plain forms.
document.body.dataset.pret = "oui";
