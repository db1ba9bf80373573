/* What the pages of the desk share: calls to the server, the live stream, announcements. */

export const csrf = document.querySelector('meta[name="csrf"]').content;

/** Posts fields; returns the JSON answer. Throws an Error whose message is a French sentence for the screen. */
export async function post(address, fields = {}) {
  let answer;
  try {
    answer = await fetch(address, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRF-Token": csrf },
      body: new URLSearchParams(fields),
    });
  } catch {
    throw new Error("Le réseau ne répond pas. Rien n'est perdu : réessayez dans un instant.");
  }
  if (answer.status === 401) location.reload();
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.sentence || "Le service ne répond pas comme prévu. Réessayez.");
  return body;
}

/** A piece of a page, as an element that contains it; null when the server does not answer. */
export async function fragment(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (answer.redirected) location.reload();
    if (!answer.ok) return null;
    const template = document.createElement("template");
    template.innerHTML = await answer.text();
    return template.content;
  } catch {
    return null;
  }
}

/** Listens to a stream and opens it again when it breaks; `handlers` are named after events. */
export function listen(address, handlers, onState = () => {}) {
  let source;
  let wait = 1000;
  const open = () => {
    source = new EventSource(address());
    source.onopen = () => {
      wait = 1000;
      onState(true);
    };
    for (const [name, handler] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => handler(JSON.parse(event.data)));
    }
    source.addEventListener("fin", () => {
      source.close();
      location.reload();
    });
    source.onerror = () => {
      source.close();
      onState(false);
      setTimeout(open, wait);
      wait = Math.min(wait * 2, 15000);
    };
  };
  open();
  addEventListener("pagehide", () => source.close());
}

const shown = new WeakMap();

/** Replaces the content of `target` unless it is the same; the focus stays where it was. */
export function replace(target, content) {
  const holder = document.createElement("div");
  holder.append(content);
  if (holder.innerHTML === shown.get(target)) return;
  shown.set(target, holder.innerHTML);
  const active = document.activeElement;
  const inside = target.contains(active);
  const mark = inside && (active.getAttribute("href") || active.closest("form")?.getAttribute("action"));
  target.replaceChildren(...holder.childNodes);
  if (mark) {
    const again = [...target.querySelectorAll("a, form")].find(
      (element) => (element.getAttribute("href") || element.getAttribute("action")) === mark,
    );
    (again?.matches("form") ? again.querySelector("button") : again)?.focus();
  }
}

export function showProblem(box, sentence) {
  box.hidden = !sentence;
  box.querySelector("p").textContent = sentence || "";
}
