/** The phone of the demonstration: shows one person's chat with the bot, and does what that person would do. */
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const thread = byId("fil");
  const wanted = new URLSearchParams(location.search);
  let me = Number(wanted.get("personne")) || Number(sessionStorage.getItem("personne")) || null;
  let state = null;
  let shown = "";
  let loading = false;
  let again = false;

  /** Builds an element; children are nodes or strings, and strings are always text. */
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

  async function act(action, body = {}) {
    const response = await fetch(`/emulateur/${action}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ personne: me, ...body }),
    });
    return response.json();
  }

  async function refresh() {
    if (loading) {
      again = true;
      return;
    }
    loading = true;
    try {
      const response = await fetch(`/emulateur/etat?personne=${me ?? ""}`);
      state = await response.json();
      me = state.me;
      sessionStorage.setItem("personne", me);
      draw();
    } catch {
      byId("etat").textContent = "téléphone hors ligne";
    } finally {
      loading = false;
      if (again) {
        again = false;
        refresh();
      }
    }
  }

  // -- drawing -----------------------------------------------------------------------------------------------------

  function draw() {
    byId("nom-robot").textContent = state.bot.name;
    const status = byId("etat");
    status.textContent = state.typing ? "écrit…" : state.blocked ? "bloqué" : state.connected ? "robot" : "robot, démarrage…";
    status.classList.toggle("ecrit", state.typing);
    byId("bloquer").textContent = state.blocked ? "Débloquer le robot" : "Bloquer le robot";
    drawPeople();
    drawMenu();
    const now = JSON.stringify([me, state.messages]);
    if (now === shown) return;
    const atEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80 || shown === "";
    shown = now;
    thread.replaceChildren(...(state.messages.length ? drawThread() : [welcome()]));
    if (!atEnd) return;
    const toEnd = () => (thread.scrollTop = thread.scrollHeight);
    toEnd();
    for (const image of thread.querySelectorAll("img")) image.addEventListener("load", toEnd);
  }

  function drawPeople() {
    byId("personnes").replaceChildren(
      ...state.people.map((person) =>
        h("li", {},
          h("button", { type: "button", "aria-pressed": String(person.id === me), onclick: () => become(person.id) },
            h("span", { class: "initiales", "aria-hidden": "true" }, initials(person.name)),
            h("span", {}, person.name, h("span", { class: "dernier" }, person.last || "aucun message")),
          )),
      ),
    );
  }

  const initials = (name) => name.split(/\s+/).map((word) => word[0]).slice(0, 2).join("").toUpperCase();

  function drawMenu() {
    byId("menu").replaceChildren(
      ...state.bot.commands.map((command) =>
        h("li", {},
          h("button", { type: "button", onclick: () => { toggleMenu(false); say(`/${command.command}`); } },
            `/${command.command}`, h("small", {}, command.description)))),
    );
  }

  function welcome() {
    return h("div", { class: "vide" },
      h("strong", {}, "Que peut faire ce robot ?\n"), state.bot.description || "…", h("br"),
      h("button", { type: "button", onclick: () => say("/start") }, "DÉMARRER"));
  }

  function drawThread() {
    const nodes = [];
    let day = "";
    for (const message of state.messages) {
      const date = new Date(message.date * 1000);
      const label = date.toLocaleDateString("fr-FR", { weekday: "long", day: "numeric", month: "long" });
      if (label !== day) nodes.push(h("p", { class: "jour" }, (day = label)));
      nodes.push(drawMessage(message, date));
    }
    return nodes;
  }

  function drawMessage(message, date) {
    const mine = !message.from.is_bot;
    const time = date.toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" });
    const bubble = h("div", { class: "bulle" });
    if (message.forward_origin) bubble.append(h("span", { class: "chose" }, "Transféré\n"));
    bubble.append(...media(message, mine));
    const text = message.text ?? message.caption;
    if (text) bubble.append(...rich(text, message.entities ?? message.caption_entities ?? []));
    bubble.append(h("span", { class: "heure" }, (message.edit_date ? "modifié " : "") + time));
    const keyboard = message.reply_markup?.inline_keyboard;
    return h("article", { class: mine ? "message moi" : "message", "data-message": message.message_id },
      h("span", { class: "vh" }, mine ? "Vous :" : "Robot :"), bubble, keyboard ? drawKeyboard(message, keyboard) : null);
  }

  function media(message, mine) {
    const things = { voice: "Message vocal (0:04)", sticker: "Autocollant", location: "Position", contact: "Contact" };
    for (const [kind, label] of Object.entries(things)) if (message[kind]) return [h("span", { class: "chose" }, label)];
    if (message.photo && mine) return [h("span", { class: "chose" }, "Photo")];
    if (message.photo) {
      const file = message.photo[message.photo.length - 1].file_id;
      return [h("img", { src: `/emulateur/fichiers/${file}`, alt: message.caption || "Image envoyée par le robot" })];
    }
    if (message.document && mine) return [h("span", { class: "chose" }, `${message.document.file_name}`)];
    if (message.document) {
      const { file_id: id, file_name: name, file_size: size } = message.document;
      return [h("a", { class: "fichier", href: `/emulateur/fichiers/${id}`, download: name },
        h("span", { "aria-hidden": "true" }, "⬇"), h("span", {}, name, h("small", {}, weight(size))))];
    }
    return [];
  }

  const weight = (bytes) => (bytes < 1024 ? `${bytes} octets` : `${(bytes / 1024).toFixed(1).replace(".", ",")} ko`);

  /** Text with its entities; offsets are in UTF-16 units, which is what JavaScript strings count too. */
  function rich(text, entities) {
    const tags = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote" };
    const nodes = [];
    let at = 0;
    // A block already ends its line.
    const afterBlock = (rest) => (nodes.at(-1)?.tagName === "PRE" ? rest.replace(/^\n/, "") : rest);
    for (const entity of entities) {
      if (entity.offset < at) continue;
      nodes.push(...linked(afterBlock(text.slice(at, entity.offset))));
      const part = text.slice(entity.offset, entity.offset + entity.length);
      at = entity.offset + entity.length;
      if (entity.type === "text_link") nodes.push(h("a", { href: entity.url, target: "_blank", rel: "noopener noreferrer" }, part));
      else if (entity.type === "bot_command") nodes.push(command(part));
      else nodes.push(h(tags[entity.type] ?? "span", {}, part));
    }
    return [...nodes, ...linked(afterBlock(text.slice(at)))];
  }

  /** Addresses, numbers and commands that Telegram makes clickable by itself. */
  function linked(text) {
    return text.split(/(https?:\/\/[^\s)]+|[\w.+-]+@[\w-]+\.[\w.-]+\w|(?<=^|\s|\()\/[a-z_]{2,32}\b)/).map((part, index) => {
      if (index % 2 === 0) return part;
      if (part.startsWith("/")) return command(part);
      const href = part.includes("@") && !part.startsWith("http") ? `mailto:${part}` : part;
      return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, part);
    });
  }

  const command = (text) => h("button", { type: "button", class: "commande", onclick: () => say(text) }, text);

  function drawKeyboard(message, rows) {
    const press = async (event, button) => {
      const pressed = event.currentTarget;
      pressed.setAttribute("aria-busy", "true");
      const answer = await act("presser", { message: message.message_id, donnee: button.callback_data });
      pressed.removeAttribute("aria-busy");
      if (!answer.answered) notify("Le robot n'a pas répondu à ce bouton.");
      else if (answer.text) notify(answer.text);
    };
    return h("div", { class: "clavier" },
      ...rows.map((row) => h("div", {},
        ...row.map((button) => h("button", { type: "button", onclick: (event) => press(event, button) }, button.text)))));
  }

  // -- gestures ----------------------------------------------------------------------------------------------------

  let hiding;
  function notify(text) {
    const box = byId("bulle-info");
    box.textContent = text;
    box.hidden = false;
    clearTimeout(hiding);
    hiding = setTimeout(() => (box.hidden = true), 4000);
  }

  function become(person) {
    me = person;
    shown = "";
    refresh();
  }

  async function say(text) {
    thread.scrollTop = thread.scrollHeight;
    await act("ecrire", { texte: text });
    thread.scrollTop = thread.scrollHeight;
  }

  function toggleMenu(open = byId("menu").hidden) {
    byId("menu").hidden = !open;
    byId("ouvre-menu").setAttribute("aria-expanded", String(open));
  }

  const field = byId("texte");
  const grow = () => {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight + 2, 130)}px`;
  };
  field.addEventListener("input", grow);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      byId("saisie").requestSubmit();
    }
  });
  byId("saisie").addEventListener("submit", (event) => {
    event.preventDefault();
    if (!field.value.trim()) return;
    say(field.value);
    field.value = "";
    grow();
  });
  byId("ouvre-menu").addEventListener("click", () => toggleMenu());
  byId("lien").addEventListener("submit", (event) => {
    event.preventDefault();
    const code = byId("code").value.trim().replace(/^.*[?&]start=/, "").replace(/[^A-Za-z0-9_-]/g, "");
    byId("code").value = "";
    if (code) say(`/start ${code}`);
  });
  byId("nouvelle").addEventListener("click", async () => {
    const name = prompt("Prénom et nom (fictifs)");
    if (name?.trim()) become((await act("personne", { nom: name.trim() })).id);
  });
  byId("gestes").addEventListener("click", (event) => {
    const { quoi, action } = event.target.dataset;
    if (quoi) act("envoyer", { quoi });
    else if (action === "bloquer") act("bloquer", { bloque: !state.blocked });
    else if (action === "modifier") {
      const mine = [...state.messages].reverse().find((message) => !message.from.is_bot && message.text);
      const text = mine && prompt("Nouveau texte", mine.text);
      if (text) act("modifier", { message: mine.message_id, texte: text });
    } else if (action === "groupe") {
      act("groupe");
      notify("Le robot est ajouté à un groupe : il doit s'excuser et partir.");
    } else if (action) act(action);
  });

  const events = new EventSource("/emulateur/evenements");
  events.addEventListener("change", refresh);
  // « écrit… » fades by itself: no event says so.
  setInterval(() => state?.typing && refresh(), 1500);
  refresh().then(() => {
    if (wanted.get("start")) {
      const code = wanted.get("start").replace(/[^A-Za-z0-9_-]/g, "");
      history.replaceState(null, "", location.pathname);
      say(`/start ${code}`);
    }
  });
})();
