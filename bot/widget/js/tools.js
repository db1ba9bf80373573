// Small tools

/** Builds an element. Children are nodes or strings; strings become text nodes, never markup. */
function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// Outlines drawn on a 24-unit grid; thumbs and speech bubble after Feather (MIT licence).
const ICONS = {
  chat: "M21 11.5a8.4 8.4 0 0 1-12.3 7.4L3 21l2.1-5.7A8.4 8.4 0 1 1 21 11.5z",
  close: "M6 6l12 12M18 6L6 18",
  down: "M6 9l6 6 6-6",
  next: "M9 6l6 6-6 6",
  more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  send: "M12 19V5M6 11l6-6 6 6",
  check: "M5 12.5l4.5 4.5L19 7.5",
  up: "M14 9V5a3 3 0 0 0-3-3l-4 9v11h11.3a2 2 0 0 0 2-1.7l1.4-9a2 2 0 0 0-2-2.3zM7 22H4a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2h3",
  thumbDown: "M10 15v4a3 3 0 0 0 3 3l4-9V2H5.7a2 2 0 0 0-2 1.7l-1.4 9a2 2 0 0 0 2 2.3zM17 2h3a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-3",
  plus: "M12 5v14M5 12h14",
  save: "M12 4v11M7 11l5 5 5-5M5 20h14",
  star: "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1.1 5.9-5.3-2.9-5.3 2.9 1.1-5.9-4.3-4.1 5.9-.8z",
  bin: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
  shield: "M12 3l7.5 3v5.5c0 4.5-3 8-7.5 9.5-4.5-1.5-7.5-5-7.5-9.5V6z",
};

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** French puts a space before « ? » and the like, and in « 9 h »; a line never breaks there. */
const typeset = (text) => text.replace(/ (?=[?!:;»%€]|h\b)/g, "\u00a0").replace(/« /g, "«\u00a0");

/** Text for screen readers only. */
const hidden = (text) => h("span", { class: "vh" }, text);

/** "{n} messages" with its values put in. */
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));

/** Characters as the server counts them (code points, composed, trimmed). */
const countCharacters = (text) => [...text.normalize("NFC").trim()].length;

/** Half an emoji, left by a cut, is not text: no server can store it. */
const wholeCharacters = (text) =>
  text.replace(/[\uD800-\uDBFF][\uDC00-\uDFFF]|[\uD800-\uDFFF]/g, (found) => (found.length === 2 ? found : "\uFFFD"));

function newId() {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  return Array.from(crypto.getRandomValues(new Uint8Array(22)), (byte) => alphabet[byte & 63]).join("");
}

/** Gives `blob` to the person as a file. */
function saveFile(blob, name) {
  const address = URL.createObjectURL(blob);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

const sleep = (delay) => new Promise((resolve) => setTimeout(resolve, delay));

/** Runs `work` in one tab at a time: with Web Locks, or a note in the store where there are none (plain http). */
async function exclusively(store, work) {
  let started = false;
  const start = () => {
    started = true;
    return work();
  };
  try {
    if (navigator.locks) return await navigator.locks.request("cnfs-assistant", start);
  } catch (error) {
    if (started) throw error;
  }
  const me = newId();
  const isMine = () => (store.get("lock") || "").startsWith(me);
  const release = () => isMine() && store.remove("lock");
  addEventListener("pagehide", release);
  try {
    while (!isMine()) {
      const until = Number((store.get("lock") || "").split(" ")[1]) || 0;
      // A note that was never taken back belongs to a tab that crashed.
      if (until < Date.now()) store.set("lock", `${me} ${Date.now() + LOCK_LASTS}`);
      // Two tabs may have written at the same moment: the last one wins, and both have seen it by now.
      await sleep(60 + Math.random() * 60);
    }
    return await start();
  } finally {
    release();
    removeEventListener("pagehide", release);
  }
}

function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
