/**
 * The chat widget of the CNFS assistant: one custom element, no dependency, no build step.
 *
 *     <script src="https://assistant.example.fr/widget/cnfs-widget.js" defer></script>
 *
 * The script appends one <cnfs-assistant> to the page if it has none. Options are attributes of the element,
 * or `data-*` attributes of the script tag (the element wins):
 *
 *   title      the name shown at the top of the panel
 *   accent     a CSS colour; the text on it turns black or white, whichever reads best
 *   position   "right" (default) or "left"
 *   theme      "auto" (default: the page's DSFR scheme, else the system's), "light" or "dark"
 *   texts      a JSON object that replaces any entry of TEXTS below
 *   open       opens the panel at load, without taking the focus; ignored on small screens
 *   base       the assistant's address, when it is not the origin of the script
 *
 * Colours are CSS custom properties the page may set: --cnfs-accent, --cnfs-on-accent, --cnfs-surface,
 * --cnfs-raised, --cnfs-text, --cnfs-muted, --cnfs-line, --cnfs-link, --cnfs-radius, --cnfs-font, --cnfs-z-index.
 * A page that changes surfaces or texts should fix `theme` too.
 *
 * The element has open(), close(), send(text) and setIdentity(token), and fires `cnfs:open`, `cnfs:close` and
 * `cnfs:message` (detail: {seq, author}; never the text, which is nobody else's business).
 */
(() => {
  "use strict";

  const TAG = "cnfs-assistant";
  if (customElements.get(TAG)) return;
  const SCRIPT = document.currentScript;

  // ------------------------------------------------------------------------------------------------------------
  // 1. Texts and settings
  // ------------------------------------------------------------------------------------------------------------

  const TEXTS = {
    region: "Assistant",
    launcher: "Une question ?",
    title: "Assistant Conseiller numérique",
    subtitle: "Réponses automatiques",
    unreadOne: "1 nouveau message",
    unreadMany: "{n} nouveaux messages",
    close: "Fermer l'assistant",
    menu: "Menu",
    exchanges: "Échanges",
    conversation: "Conversation",
    hello: "Bonjour,",
    welcome: "Je réponds à vos questions sur l'accueil d'un conseiller numérique : candidature, subvention, recrutement, formation.",
    topQuestions: "Questions fréquentes",
    privacy: "Vos messages sont conservés {days} jours après le dernier, pour vous répondre et améliorer l'assistant. N'écrivez rien de confidentiel.",
    privacyNoDays: "Vos messages sont conservés pour vous répondre et améliorer l'assistant. N'écrivez rien de confidentiel.",
    privacyLink: "Données personnelles",
    newWindow: "(nouvelle fenêtre)",
    label: "Votre message",
    placeholder: "Écrivez votre question…",
    send: "Envoyer",
    counter: "{n} / {max} caractères",
    nearLimit: "Il vous reste {n} caractères.",
    tooLong: "Votre message fait {n} caractères, la limite est de {max}. Raccourcissez-le ou envoyez-le en plusieurs fois.",
    refused: "Ce message n'a pas pu être accepté. Votre texte est revenu dans la zone de saisie.",
    you: "Vous",
    assistant: "Assistant",
    adviser: "Conseiller",
    system: "Information",
    source: "Source : {source}",
    sending: "envoi…",
    sent: "envoyé",
    notSent: "non envoyé",
    retry: "Réessayer",
    unhandled: "non traité",
    replies: "Réponses proposées",
    chosen: "(choisi)",
    rate: "Cette réponse vous aide-t-elle ?",
    helpful: "Cette réponse m'aide",
    unhelpful: "Cette réponse ne m'aide pas",
    comment: "Que manque-t-il ? (facultatif)",
    sendComment: "Envoyer ce commentaire",
    thanks: "Merci, votre avis est enregistré.",
    ratingFailed: "Votre avis n'a pas pu être envoyé. Réessayez dans un instant.",
    typing: "L'assistant écrit…",
    lost: "Connexion perdue, nouvel essai…",
    back: "Connexion rétablie.",
    slow: "Vous écrivez plus vite que l'assistant ne lit. Votre message est gardé : il partira dans une minute.",
    away: "L'assistant redémarre, votre message est gardé, la réponse arrive.",
    unavailable: "L'assistant ne répond pas pour le moment. Un nouvel essai est en cours.",
    otherWays: "Vous pouvez aussi :",
    writeTo: "écrire à",
    call: "appeler le",
    readFaq: "lire la foire aux questions",
    newer: "Nouveaux messages",
    over: "Cette conversation est terminée. Ouvrez-en une nouvelle pour continuer.",
    newConversation: "Nouvelle conversation",
    newConfirm: "La conversation affichée sera retirée de cet appareil. Pensez à la télécharger si vous voulez la garder.",
    newDone: "Nouvelle conversation.",
    download: "Télécharger la conversation",
    downloadName: "conversation",
    downloadFailed: "Le téléchargement a échoué. Réessayez dans un instant.",
    opinion: "Donner mon avis",
    opinionQuestion: "Cette conversation vous a-t-elle été utile ?",
    opinionLow: "1 : pas du tout",
    opinionHigh: "5 : tout à fait",
    opinionMissing: "Choisissez une note de 1 à 5.",
    opinionComment: "Votre commentaire (facultatif)",
    erase: "Effacer ma conversation",
    eraseConfirm: "Tous les messages de cette conversation seront effacés, ici et sur le serveur. C'est définitif.",
    eraseDone: "Votre conversation est effacée.",
    eraseFailed: "L'effacement a échoué, rien n'est effacé. Réessayez dans un instant.",
    confirmNew: "Commencer",
    confirmErase: "Effacer",
    confirmOpinion: "Envoyer mon avis",
    cancel: "Annuler",
  };

  /** What is known without the server, so that nobody is left without a way to ask. */
  const DEFAULTS = {
    max_characters: 2000,
    retention_days: null,
    top_questions: [],
    contact: {
      email: "conseiller-numerique@anct.gouv.fr",
      phone: "01 58 50 89 42",
      hours: "",
      faq: "https://aide.conseiller-numerique.gouv.fr/",
    },
  };

  const API = "/api/widget";
  const REQUEST_TIMEOUT = 20000;
  // The server says something every 15 s; three silences in a row mean a dead connection.
  const STREAM_SILENCE = 45000;
  const SLOW_DOWN = 60000;
  // Longer than one request.
  const LOCK_LASTS = 30000;
  const TYPING_LASTS = 60000;
  // A tab hidden for this long gives its connection back (browsers allow few of them) and asks once a minute.
  const REST_AFTER = 300000;
  const REST_PERIOD = 60000;
  // A message the server fails on this often is shown as not sent and lets the next ones pass.
  const MAX_SERVER_ERRORS = 5;
  const FULL_SCREEN = "(max-width: 599px), (max-height: 479px)";

  /** Enough to be usable when the stylesheet cannot be had. */
  const BARE_CSS = `[hidden]{display:none!important}
.cnfs{all:initial;font:16px/1.5 system-ui,sans-serif;color:#1b2130}
.cnfs .launcher,.cnfs .panel{position:fixed;right:16px;bottom:16px;z-index:2147483000;box-sizing:border-box}
.cnfs .panel{width:min(400px,calc(100vw - 32px));max-height:calc(100vh - 100px);overflow:auto;bottom:72px;padding:16px;background:#fff;border:1px solid #566076}
.cnfs.full .panel{bottom:16px}.cnfs .head{display:flex;gap:8px;align-items:center}.cnfs h2{font-size:18px;margin:0}.cnfs ul{padding-left:20px}
.cnfs button{font:inherit;min-height:44px;min-width:44px}.cnfs textarea{font:inherit;width:100%;box-sizing:border-box}
.cnfs svg{width:20px;height:20px;fill:none;stroke:currentColor;stroke-width:2}
.cnfs .vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}`;

  // ------------------------------------------------------------------------------------------------------------
  // 2. Small tools
  // ------------------------------------------------------------------------------------------------------------

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

  // ------------------------------------------------------------------------------------------------------------
  // 3. Store
  // ------------------------------------------------------------------------------------------------------------

  /**
   * What the browser remembers: the conversation's token, unsent messages, the draft, the last message seen.
   * Where storage is blocked or full, memory takes its place: the page works, only a reload forgets.
   * Each unsent message has its own key, so that two tabs never overwrite one another.
   */
  class Store {
    constructor(prefix = "cnfs-assistant:") {
      this.prefix = prefix;
      this.memory = new Map();
    }

    get(name) {
      if (this.memory.has(name)) return this.memory.get(name);
      try {
        return localStorage.getItem(this.prefix + name);
      } catch {
        return null;
      }
    }

    set(name, value) {
      try {
        localStorage.setItem(this.prefix + name, value);
        this.memory.delete(name);
      } catch {
        this.memory.set(name, value);
      }
    }

    remove(name) {
      this.memory.delete(name);
      try {
        localStorage.removeItem(this.prefix + name);
      } catch {
        // Blocked: there was only the memory.
      }
    }

    /** The name of one of our keys, or null for a key of somebody else. */
    nameOf(key) {
      return key.startsWith(this.prefix) ? key.slice(this.prefix.length) : null;
    }

    /** Unsent messages, in the order they were written. */
    outbox() {
      const names = new Set(this.memory.keys());
      try {
        for (let i = 0; i < localStorage.length; i++) names.add(this.nameOf(localStorage.key(i)));
      } catch {
        // Blocked: memory only.
      }
      return [...names]
        .filter((name) => name && name.startsWith("out:"))
        .map((name) => parseJson(this.get(name)))
        .filter((item) => item && typeof item.id === "string" && typeof item.text === "string")
        .sort((a, b) => a.at - b.at || a.n - b.n);
    }

    hasItem(id) {
      return this.get("out:" + id) !== null;
    }

    putItem(item) {
      this.set("out:" + item.id, JSON.stringify(item));
    }

    removeItem(id) {
      this.remove("out:" + id);
    }

    /** The draft is this tab's own over a reload, and any tab's after the tab is closed. */
    get draft() {
      try {
        const mine = sessionStorage.getItem(this.prefix + "draft");
        if (mine !== null) return mine;
      } catch {
        // Blocked.
      }
      return this.get("draft") || "";
    }

    set draft(text) {
      const before = this.draft;
      if (text === before) return;
      if (text) this.set("draft", text);
      else if (this.get("draft") === before) this.remove("draft");
      try {
        // An empty one is worth a note only where it hides the draft of another tab.
        if (text || this.get("draft")) sessionStorage.setItem(this.prefix + "draft", text);
        else sessionStorage.removeItem(this.prefix + "draft");
      } catch {
        // Blocked.
      }
    }
  }

  // ------------------------------------------------------------------------------------------------------------
  // 4. Transport
  // ------------------------------------------------------------------------------------------------------------

  /** A request that did not succeed. `status` is 0 when nothing (or nothing of ours) answered. */
  class ApiError extends Error {
    constructor(status, body = null) {
      super(`HTTP ${status}`);
      this.status = status;
      this.code = body && typeof body.code === "string" ? body.code : "";
      this.sentence = body && typeof body.sentence === "string" ? body.sentence : "";
    }

    /** The conversation is over, or not ours: said by our server, not by some proxy on the way. */
    get isOver() {
      return ["forbidden", "expired", "ended"].includes(this.code);
    }

    get isTooFast() {
      return this.status === 429;
    }

    /** This very message will never be accepted. */
    get isRefusal() {
      return [400, 413, 422].includes(this.status);
    }

    get isTemporary() {
      return this.status === 0 || this.status === 408 || this.status >= 500;
    }
  }

  /** Waiting times that double up to half a minute, each shortened by chance so that clients do not come back together. */
  class Backoff {
    constructor(first = 1000, most = 30000) {
      this.first = first;
      this.most = most;
      this.reset();
    }

    reset() {
      this.tries = 0;
    }

    next() {
      const longest = Math.min(this.most, this.first * 2 ** this.tries++);
      return longest * (0.5 + Math.random() / 2);
    }
  }

  /** The assistant's HTTP API. The token goes in a header: no cookie, nothing in the address. */
  class Api {
    constructor(base) {
      this.base = base;
    }

    /** Asks and reads the whole answer as text; an ApiError otherwise. */
    async call(method, path, { token, body, signal, cache = "no-store" } = {}) {
      const control = new AbortController();
      const abort = () => control.abort();
      const timer = setTimeout(abort, REQUEST_TIMEOUT);
      if (signal) signal.addEventListener("abort", abort, { once: true });
      try {
        const response = await this.fetch(method, path, { token, body, signal: control.signal, cache });
        const text = await response.text();
        if (!response.ok) throw new ApiError(response.status, parseJson(text));
        return text;
      } catch (error) {
        throw error instanceof ApiError ? error : new ApiError(0);
      } finally {
        clearTimeout(timer);
      }
    }

    /** Same, for a JSON object; what is not one did not come from our server (a hotel's login page, say). */
    async json(method, path, options) {
      const value = parseJson(await this.call(method, path, options));
      if (!value || typeof value !== "object") throw new ApiError(0);
      return value;
    }

    fetch(method, path, { token, body, headers = {}, signal, cache = "no-store" }) {
      if (token) headers.Authorization = `Bearer ${token}`;
      if (body) headers["Content-Type"] = "application/json";
      return fetch(this.base + path, {
        method,
        headers,
        body: body && JSON.stringify(body),
        signal,
        cache,
        credentials: "omit",
        redirect: "error",
      });
    }
  }

  /** Cuts a stream of characters into server-sent events, whatever the line ends and the cuts between chunks. */
  class EventParser {
    constructor(onEvent) {
      this.onEvent = onEvent;
      this.rest = "";
      this.clear();
    }

    clear() {
      this.event = "message";
      this.data = [];
    }

    push(chunk) {
      const lines = (this.rest + chunk).split(/\r\n|\n|\r(?!$)/);
      this.rest = lines.pop();
      for (const line of lines) this.line(line);
    }

    line(line) {
      if (line === "") {
        if (this.data.length) this.onEvent(this.event, this.data.join("\n"));
        this.clear();
        return;
      }
      const colon = line.indexOf(":");
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (field === "event") this.event = value;
      else if (field === "data") this.data.push(value);
    }
  }

  /**
   * Reads a conversation as it grows: its history once, then server-sent events, for ever. A connection that
   * drops comes back by itself after the last message received.
   *
   * `on` has message(message, isNew), caughtUp(), notice(event, data), connection("open" | "lost") and over(error).
   */
  class Stream {
    constructor(api, on) {
      this.api = api;
      this.on = on;
      this.backoff = new Backoff();
      this.control = null;
      this.hiddenSince = null;
    }

    /** Follows the conversation of `token`; a new one has no history to read. */
    start(token, isNew = false) {
      this.stop();
      this.control = new AbortController();
      this.after = 0;
      this.backoff.reset();
      this.run(token, isNew, this.control.signal);
    }

    stop() {
      if (this.control) this.control.abort();
      this.control = null;
    }

    /** Tries again now. */
    wake() {
      this.backoff.reset();
      if (this.endPause) this.endPause();
    }

    /** Drops the connection (the network left); it comes back by itself. */
    drop() {
      if (this.listening) this.listening.abort();
    }

    visibility(isHidden) {
      clearTimeout(this.restTimer);
      this.hiddenSince = isHidden ? Date.now() : null;
      if (isHidden) this.restTimer = setTimeout(() => this.drop(), REST_AFTER + 1000);
      else this.wake();
    }

    get isResting() {
      return this.hiddenSince !== null && Date.now() - this.hiddenSince > REST_AFTER;
    }

    async run(token, isNew, signal) {
      let caughtUp = isNew;
      while (!signal.aborted) {
        let delay = 250 + Math.random() * 500;
        try {
          if (!caughtUp || this.isResting) await this.readHistory(token, signal, caughtUp);
          if (signal.aborted) return;
          if (!caughtUp) this.on.caughtUp();
          caughtUp = true;
          if (this.isResting) {
            this.on.connection("open");
            delay = REST_PERIOD;
          } else if (!(await this.listen(token, signal))) delay = this.backoff.next();
        } catch (error) {
          if (signal.aborted) return;
          if (error.isOver) {
            this.on.over(error);
            return;
          }
          this.on.connection("lost");
          delay = error.isTooFast ? SLOW_DOWN : this.backoff.next();
        }
        await this.pause(delay, signal);
      }
    }

    /** Pages through the messages after the last one known, until there are no more. */
    async readHistory(token, signal, isNew) {
      for (;;) {
        const { messages } = await this.api.json("GET", `${API}/messages?after=${this.after}`, { token, signal });
        if (signal.aborted || !Array.isArray(messages) || !messages.length) return;
        for (const message of messages) this.receive(message, isNew);
      }
    }

    /** Listens until the connection ends; false if it ended without a word. Throws when it could not be had. */
    async listen(token, signal) {
      const control = (this.listening = new AbortController());
      const abort = () => control.abort();
      signal.addEventListener("abort", abort, { once: true });
      let timer = setTimeout(abort, REQUEST_TIMEOUT);
      try {
        const response = await this.api.fetch("GET", `${API}/events`, {
          token,
          signal: control.signal,
          headers: { Accept: "text/event-stream", "Last-Event-ID": String(this.after) },
        });
        if (!response.ok) throw new ApiError(response.status, parseJson(await response.text()));
        if (!/^text\/event-stream/i.test(response.headers.get("Content-Type") || "")) throw new ApiError(0);
        this.on.connection("open");
        const reader = response.body.getReader();
        const decoder = new TextDecoder();
        const parser = new EventParser((event, data) => this.handle(event, parseJson(data)));
        for (let heard = false; ; heard = true) {
          clearTimeout(timer);
          timer = setTimeout(abort, STREAM_SILENCE);
          // A connection cut on the way is only an end: whether it can be had again is for the next try to say.
          const { done, value } = await reader.read().catch(() => ({ done: true }));
          if (done || signal.aborted) return heard;
          this.backoff.reset();
          parser.push(decoder.decode(value, { stream: true }));
        }
      } finally {
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
        control.abort();
      }
    }

    handle(event, data) {
      if (!data || typeof data !== "object") return;
      if (event === "message") this.receive(data, true);
      else if (event === "end") throw new ApiError(410, { code: "ended", sentence: data.sentence });
      else this.on.notice(event, data);
    }

    receive(message, isNew) {
      if (!message || !Number.isInteger(message.seq) || typeof message.text !== "string") return;
      if (message.seq <= this.after) return;
      this.after = message.seq;
      this.on.message(message, isNew);
    }

    pause(delay, signal) {
      return new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", end);
          resolve();
        };
        const timer = setTimeout(end, delay);
        signal.addEventListener("abort", end, { once: true });
        this.endPause = end;
      });
    }
  }

  // ------------------------------------------------------------------------------------------------------------
  // 5. Conversation: what was said, what is still to be sent
  // ------------------------------------------------------------------------------------------------------------

  /**
   * One conversation, shared by every tab of the site. A message is in the store before it is sent and leaves it
   * when the server has it; its id makes a second sending harmless.
   *
   * `view` has reset(), message(message, isNew), pending(item), sending(id), sent(id, seq), failed(id),
   * dropped(id), refused(item, sentence), giveBack(texts), over(sentence), slow(), notice(event, data), caughtUp(),
   * connection(name, isUp) and seenElsewhere().
   */
  class Conversation {
    constructor(api, store, view) {
      this.api = api;
      this.store = store;
      this.view = view;
      this.token = null;
      this.over = false;
      this.identity = null;
      this.written = 0;
      this.notBefore = 0;
      this.isLeaving = false;
      this.serverErrors = new Map();
      this.backoff = new Backoff();
      this.stream = new Stream(api, {
        message: (message, isNew) => this.receive(message, isNew),
        caughtUp: () => view.caughtUp(),
        notice: (event, data) => view.notice(event, data),
        over: (error) => this.finish(error.sentence),
        connection: (state) => {
          view.connection("stream", state === "open");
          if (state === "open") this.flush();
        },
      });
    }

    start() {
      this.follow(this.store.get("token"));
    }

    /** Shows the conversation of `token`, or the welcome when it is null. */
    follow(token) {
      this.stream.stop();
      this.token = token;
      this.over = false;
      this.isAlone = false;
      this.view.reset();
      for (const item of this.store.outbox()) this.view.pending(item);
      if (token) this.stream.start(token);
      else this.view.caughtUp();
      this.flush();
    }

    /** Another tab wrote to the store. */
    storeChanged(key) {
      const name = key === null ? "token" : this.store.nameOf(key);
      if (name === null) return;
      if (name === "token") this.checkToken();
      else if (name === "seen") this.view.seenElsewhere();
      else if (name.startsWith("out:")) {
        const item = parseJson(this.store.get(name));
        if (!item) this.view.dropped(name.slice(4));
        else {
          this.view.pending(item);
          // The tab that wrote it sends it, unless it is closed first.
          setTimeout(() => this.flush(), 3000);
        }
      }
    }

    checkToken() {
      const token = this.store.get("token");
      if (token !== this.token) this.follow(token);
    }

    receive(message, isNew) {
      if (message.author !== "user") this.isAlone = false;
      this.view.message(message, isNew);
      // The server has it, whatever became of its receipt (lost on the way, or for a page closed since).
      if (message.id && this.store.hasItem(message.id)) this.delivered(message.id, message.seq);
    }

    delivered(id, seq) {
      this.store.removeItem(id);
      this.backoff.reset();
      this.view.connection("sending", true);
      this.view.sent(id, seq);
    }

    send(text, button = null) {
      const item = { id: newId(), text: wholeCharacters(text), button, at: Date.now(), n: this.written++ };
      this.store.putItem(item);
      this.view.pending(item);
      this.backoff.reset();
      this.flush();
    }

    retry(id) {
      const item = this.store.outbox().find((other) => other.id === id);
      if (!item) return;
      this.serverErrors.delete(id);
      if (item.failed) this.store.putItem({ ...item, failed: false });
      this.notBefore = 0;
      this.backoff.reset();
      this.stream.wake();
      this.flush();
    }

    /** The network is back, or the page is looked at again. */
    wake() {
      this.stream.wake();
      this.backoff.reset();
      this.flush();
    }

    /** Sends what is in the outbox, in order, one tab at a time. */
    async flush() {
      if (this.flushing || this.isLeaving) {
        // A page on its way out must not take the lock: it would not give it back.
        this.flushAgain = this.flushing;
        return;
      }
      clearTimeout(this.flushTimer);
      const waiting = this.store.outbox();
      if (!waiting.length) {
        // Another tab may have sent what this one could not.
        this.view.connection("sending", true);
        return;
      }
      const delay = this.notBefore - Date.now();
      if (delay > 0) {
        for (const item of waiting) this.view.failed(item.id);
        this.flushTimer = setTimeout(() => this.flush(), delay);
        return;
      }
      this.flushing = true;
      this.flushAgain = false;
      try {
        await exclusively(this.store, () => this.sendAll());
      } finally {
        this.flushing = false;
        if (this.flushAgain) this.flush();
      }
    }

    async sendAll() {
      for (;;) {
        const item = this.store.outbox().find((candidate) => !candidate.failed);
        if (!item || this.over) return;
        try {
          this.view.sending(item.id);
          const token = await this.ensureToken();
          if (!this.store.hasItem(item.id)) continue;
          if (item.token && item.token !== token) {
            // Written for a conversation that is no longer the one on screen.
            this.giveBack(item, "");
            continue;
          }
          this.store.putItem({ ...item, token });
          const seq = await this.post(item, token);
          if (token === this.token) this.delivered(item.id, seq);
          else this.store.removeItem(item.id);
          // The server may have said that it is typing before the stream of a new conversation was there.
          if (this.isAlone) this.view.notice("typing", { on: true });
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          if (!this.recover(item, error)) return;
        }
      }
    }

    async post({ id, text, button }, token) {
      const body = button ? { id, button } : { id, text };
      const { seq } = await this.api.json("POST", `${API}/messages`, { token, body });
      if (!Number.isInteger(seq)) throw new ApiError(0);
      return seq;
    }

    /** The token of the conversation, created by the first message ever sent. */
    async ensureToken() {
      const known = this.store.get("token");
      if (known) {
        if (known !== this.token) this.follow(known);
        return known;
      }
      const { token } = await this.api.json("POST", `${API}/conversations`, {});
      if (typeof token !== "string" || !token) throw new ApiError(0);
      this.store.set("token", token);
      this.token = token;
      this.isAlone = true;
      this.stream.start(token, true);
      return token;
    }

    /** After a failed sending: true when the next message may go. */
    recover(item, error) {
      if (!this.store.hasItem(item.id)) return true;
      if (error.isOver) {
        this.finish(error.sentence);
        return false;
      }
      if (error.isRefusal) {
        this.giveBack(item, error.sentence);
        return true;
      }
      this.view.failed(item.id);
      if (error.isTooFast) {
        this.view.slow();
        this.notBefore = Date.now() + SLOW_DOWN;
        this.flushAgain = true;
        return false;
      }
      const errors = (this.serverErrors.get(item.id) || 0) + (error.status >= 500 ? 1 : 0);
      this.serverErrors.set(item.id, errors);
      if (!error.isTemporary || errors >= MAX_SERVER_ERRORS) {
        this.store.putItem({ ...item, failed: true });
        return true;
      }
      this.view.connection("sending", false);
      for (const other of this.store.outbox()) this.view.failed(other.id);
      this.flushTimer = setTimeout(() => this.flush(), this.backoff.next());
      return false;
    }

    giveBack(item, sentence) {
      this.store.removeItem(item.id);
      this.view.dropped(item.id);
      this.view.refused(item, sentence);
    }

    /** The server says that the conversation is over: what it does not have goes back to the person. */
    finish(sentence) {
      if (this.over || this.erasing) return;
      this.over = true;
      this.stream.stop();
      this.view.giveBack(this.emptyOutbox());
      this.view.over(sentence);
    }

    /** Takes every unsent message away and returns their texts. */
    emptyOutbox() {
      const items = this.store.outbox();
      for (const item of items) {
        this.store.removeItem(item.id);
        this.view.dropped(item.id);
      }
      return items.filter((item) => !item.button).map((item) => item.text);
    }

    /** Leaves this conversation; unsent texts come back to the input. */
    leave() {
      const texts = this.emptyOutbox();
      this.store.remove("token");
      this.store.remove("seen");
      this.follow(null);
      this.view.giveBack(texts);
    }

    /** Erases the conversation on the server, then here. */
    async erase() {
      this.erasing = true;
      try {
        if (this.token) await this.api.call("DELETE", `${API}/conversation`, { token: this.token });
      } catch (error) {
        if (!error.isOver) throw error;
      } finally {
        this.erasing = false;
      }
      this.emptyOutbox();
      this.store.draft = "";
      this.leave();
    }

    rate(seq, value, comment) {
      return this.authorised("POST", "/feedback", { seq, value, comment });
    }

    rateAll(score, comment) {
      return this.authorised("POST", "/satisfaction", { score, comment });
    }

    transcript() {
      return this.authorised("GET", "/transcript");
    }

    async authorised(method, path, body) {
      try {
        return await this.api.call(method, API + path, { token: this.token, body });
      } catch (error) {
        if (error.isOver) this.finish(error.sentence);
        throw error;
      }
    }
  }

  // ------------------------------------------------------------------------------------------------------------
  // 6. Renderer: a small safe subset. Nothing here ever reads text as markup.
  // ------------------------------------------------------------------------------------------------------------

  const LINK = /\[([^[\]\n]{1,300})\]\(((?:[^()\s]|\([^()\s]*\)){1,2000})\)|https:\/\/[^\s<>"«»]+/gi;

  /** The address if it is https:, mailto: or tel:, else null. */
  function safeAddress(raw) {
    try {
      const url = new URL(raw);
      return ["https:", "mailto:", "tel:"].includes(url.protocol) ? url.href : null;
    } catch {
      return null;
    }
  }

  /** A link; web pages open in a new tab and say so. */
  function renderLink(label, address, texts) {
    const isPage = address.startsWith("https:");
    return h(
      "a",
      isPage ? { href: address, target: "_blank", rel: "noopener noreferrer" } : { href: address },
      label,
      isPage ? hidden(` ${texts.newWindow}`) : null,
    );
  }

  /** A bare address without the punctuation that ends the sentence around it. */
  function trimAddress(address) {
    let trimmed = address.replace(/[.,;:!?…'*_]+$/, "");
    while (trimmed.endsWith(")") && trimmed.split(")").length > trimmed.split("(").length) {
      trimmed = trimmed.slice(0, -1).replace(/[.,;:!?…'*_]+$/, "");
    }
    return trimmed;
  }

  function renderInline(line, texts) {
    const nodes = [];
    let done = 0;
    for (const match of line.matchAll(LINK)) {
      const shown = match[1] === undefined ? trimAddress(match[0]) : match[0];
      const address = safeAddress(match[1] === undefined ? shown : match[2]);
      if (!address) continue;
      nodes.push(typeset(line.slice(done, match.index)), renderLink(typeset(match[1] || shown), address, texts));
      done = match.index + shown.length;
    }
    nodes.push(typeset(line.slice(done)));
    return nodes.filter((node) => node !== "");
  }

  /** Paragraphs, line breaks, "- " and "1. " lists, links; everything else is text. */
  function renderText(text, texts) {
    const fragment = document.createDocumentFragment();
    for (const block of text.replace(/\r\n?/g, "\n").split(/\n\s*\n/)) {
      let open = null;
      for (const line of block.split("\n")) {
        const [, number, item] = line.match(/^\s*(?:-|(\d{1,2})\.)\s+(\S.*)$/) || [];
        const tag = item === undefined ? "p" : number ? "ol" : "ul";
        if (!open || open.localName !== tag) {
          if (tag === "p" && !line.trim()) continue;
          open = h(tag, number ? { start: number } : {});
          fragment.append(open);
        } else if (tag === "p") open.append(h("br"));
        if (tag === "p") open.append(...renderInline(line, texts));
        else open.append(h("li", {}, ...renderInline(item, texts)));
      }
    }
    return fragment;
  }

  /** What the person wrote, as they wrote it. */
  function renderPlain(text) {
    const paragraph = h("p");
    text.split(/\r\n|\r|\n/).forEach((line, index) => paragraph.append(...(index ? [h("br")] : []), typeset(line)));
    return paragraph;
  }

  function renderTime(iso) {
    const date = new Date(iso);
    if (Number.isNaN(date.getTime())) return null;
    const time = date.toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" });
    const day = date.toLocaleDateString("fr-FR", { day: "numeric", month: "short" });
    const isToday = date.toDateString() === new Date().toDateString();
    return h("time", { datetime: date.toISOString() }, isToday ? time : `${day}, ${time}`);
  }

  // ------------------------------------------------------------------------------------------------------------
  // 7. Interface: the messages
  // ------------------------------------------------------------------------------------------------------------

  /** One message of the list: its element, and the parts of it that change. */
  class MessageView {
    constructor(message, texts, actions) {
      this.message = message;
      this.texts = texts;
      this.actions = actions;
      this.author = ["user", "human", "system"].includes(message.author) ? message.author : "assistant";
      this.buttons = [];
      this.state = h("span", { class: "state" });
      this.meta = h("p", { class: "meta" }, renderTime(message.at), this.state);
      const isUser = this.author === "user";
      this.bubble = h("div", { class: "bubble" }, isUser ? renderPlain(message.text) : renderText(message.text, texts));
      this.element = h("li", { class: `message ${this.author}` }, this.speaker(), this.bubble, this.meta);
      if (typeof message.source === "string" && message.source) {
        this.bubble.append(h("p", { class: "source" }, typeset(fill(texts.source, { source: message.source }))));
      }
      if (this.author === "assistant" && message.question) this.addRating();
      if (Array.isArray(message.buttons) && message.buttons.length) this.addReplies();
      this.update(message);
    }

    get isPending() {
      return this.message.seq === undefined;
    }

    speaker() {
      const { texts, author, message } = this;
      const name = { user: texts.you, human: texts.adviser, system: texts.system, assistant: texts.assistant }[author];
      if (author !== "human") return h("p", { class: "vh" }, `${name} :`);
      const person = typeof message.name === "string" && message.name ? `${name} – ${message.name}` : name;
      return h("p", { class: "who" }, person, hidden(" :"));
    }

    /** The server's version of a message replaces ours, without redrawing what is already on screen. */
    update(message) {
      const button = this.message.button;
      this.message = { ...message, button: message.button || button };
      if (this.author !== "user") return;
      if (message.seq !== undefined) this.setState(message.failed ? "unhandled" : "sent");
    }

    setState(state) {
      if (this.state.dataset.state === state) return;
      this.state.dataset.state = state;
      this.element.classList.toggle("unsent", state === "notSent" || state === "unhandled");
      const retry = state === "notSent" ? [" – ", this.retryButton()] : [];
      this.state.replaceChildren(this.texts[state], ...retry);
    }

    retryButton() {
      return h("button", { type: "button", class: "retry", onclick: () => this.actions.retry(this.message.id) }, this.texts.retry);
    }

    addReplies() {
      this.buttons = this.message.buttons.map((title, index) =>
        h("button", { type: "button", class: "reply", onclick: () => this.choose(index) }, icon("check"), typeset(String(title))),
      );
      const list = h("ul", { class: "replies", "aria-label": this.texts.replies });
      list.append(...this.buttons.map((button) => h("li", {}, button)));
      this.element.append(list);
    }

    choose(index) {
      if (this.chosen === undefined && this.isLive) this.actions.choose(this.message, index);
    }

    /** Chosen: the choice stays marked and focusable, the others are disabled. */
    setReplies(chosen, isLive) {
      this.chosen = chosen;
      this.isLive = isLive;
      this.buttons.forEach((button, index) => {
        const isChosen = index === chosen;
        button.disabled = !isChosen && (chosen !== undefined || !isLive);
        if (isChosen && button.getAttribute("aria-pressed") !== "true") {
          button.setAttribute("aria-pressed", "true");
          button.setAttribute("aria-disabled", "true");
          button.append(hidden(` ${this.texts.chosen}`));
        }
      });
    }

    addRating() {
      const { texts } = this;
      const thumb = (value, name, label) =>
        h(
          "button",
          { type: "button", class: "thumb", "aria-pressed": "false", "aria-label": label, title: label, onclick: () => this.rate(value) },
          icon(name),
        );
      this.thumbs = { 1: thumb(1, "up", texts.helpful), "-1": thumb(-1, "thumbDown", texts.unhelpful) };
      this.meta.append(h("span", { class: "thumbs", role: "group", "aria-label": texts.rate }, this.thumbs[1], this.thumbs[-1]));
      this.showRating(this.message.rating);
    }

    showRating(value) {
      this.rating = value;
      for (const key of ["1", "-1"]) this.thumbs[key].setAttribute("aria-pressed", String(String(value) === key));
    }

    async rate(value) {
      const before = this.rating;
      if (value === before) {
        if (value === -1) this.askComment();
        return;
      }
      this.showRating(value);
      if (value === -1) this.askComment();
      else if (this.commentForm && !this.commentForm.comment.value.trim()) this.forgetComment();
      if (!(await this.actions.rate(this.message.seq, value, null)) && this.rating === value) this.showRating(before);
      if (this.commentForm) this.commentForm.scrollIntoView({ block: "nearest" });
    }

    askComment() {
      if (this.commentForm) return;
      const id = `comment-${this.message.seq}`;
      const field = h("textarea", { id, name: "comment", rows: 2, maxlength: 1000 });
      const form = h(
        "form",
        { class: "comment" },
        h("label", { for: id }, this.texts.comment),
        field,
        h("button", { type: "submit", class: "secondary" }, this.texts.sendComment),
      );
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const comment = wholeCharacters(field.value).trim();
        if (!comment) return field.focus();
        if (await this.actions.rate(this.message.seq, -1, comment)) {
          this.showRating(-1);
          this.thumbs[-1].focus();
          this.forgetComment();
        }
      });
      this.commentForm = form;
      this.meta.after(form);
    }

    forgetComment() {
      this.commentForm.remove();
      this.commentForm = null;
    }
  }

  /** The messages, in the server's order; those it does not have yet come last. */
  class MessageList {
    constructor(texts, actions) {
      this.texts = texts;
      this.actions = actions;
      this.items = h("ol");
      // The log is around the list: a list that is itself a log would lose its items for assistive technologies.
      this.element = h(
        "div",
        { role: "log", "aria-live": "polite", "aria-relevant": "additions", "aria-label": texts.conversation },
        this.items,
      );
      this.clear();
    }

    clear() {
      this.views = [];
      this.byId = new Map();
      this.bySeq = new Map();
      this.items.replaceChildren();
    }

    get isEmpty() {
      return !this.views.length;
    }

    get lastSeq() {
      return Math.max(0, ...this.bySeq.keys());
    }

    unreadAfter(seq) {
      return this.views.filter((view) => view.author !== "user" && view.message.seq > seq).length;
    }

    /** Adds or completes a message; the view if it is a new one, else null. */
    put(message) {
      const known = this.bySeq.get(message.seq) || this.byId.get(message.id);
      if (known) {
        known.update(message);
        this.index(known);
        this.place(known);
        this.refresh();
        return null;
      }
      return this.add(new MessageView(message, this.texts, this.actions));
    }

    putPending(item) {
      if (this.byId.has(item.id)) return null;
      const view = this.add(new MessageView({ ...item, author: "user", at: item.at }, this.texts, this.actions));
      view.setState(item.failed ? "notSent" : "sending");
      return view;
    }

    add(view) {
      this.views.push(view);
      this.index(view);
      this.place(view);
      this.refresh();
      return view;
    }

    index(view) {
      if (view.message.id) this.byId.set(view.message.id, view);
      if (!view.isPending) this.bySeq.set(view.message.seq, view);
    }

    /** Moves a view to its rank; one that is there already is not touched, lest it be read out twice. */
    place(view) {
      const rank = ({ message }) => (message.seq === undefined ? Infinity : message.seq);
      this.views = this.views.filter((other) => other !== view);
      let index = this.views.length;
      while (index > 0 && rank(this.views[index - 1]) > rank(view)) index--;
      this.views.splice(index, 0, view);
      if (this.items.children[index] !== view.element) {
        const next = this.views[index + 1];
        this.items.insertBefore(view.element, next ? next.element : null);
      }
    }

    sent(id, seq) {
      const view = this.byId.get(id);
      if (view && view.isPending) this.put({ ...view.message, seq, failed: false });
    }

    setState(id, state) {
      const view = this.byId.get(id);
      if (view && view.isPending) view.setState(state);
    }

    /** Takes away a message that will not be sent. */
    drop(id) {
      const view = this.byId.get(id);
      if (!view || !view.isPending) return;
      this.byId.delete(id);
      this.views = this.views.filter((other) => other !== view);
      view.element.remove();
      this.refresh();
    }

    /** Says of every proposed reply whether it was chosen and whether it may still be. */
    refresh() {
      if (this.isBusy) return;
      const offers = [];
      const chosen = new Map();
      for (const view of this.views) {
        if (view.buttons.length) offers.unshift(view);
        if (view.author !== "user") continue;
        // The server keeps the words of a pressed button, not which one it was: the latest offer of these words.
        const { button, text } = view.message;
        const offer = button
          ? this.bySeq.get(button.seq)
          : offers.find((other) => !chosen.has(other) && other.message.buttons.includes(text));
        if (offer) chosen.set(offer, button ? button.index : offer.message.buttons.indexOf(text));
      }
      if (!offers.length) return;
      const spoken = this.views.filter((view) => view.author === "assistant" || view.author === "human");
      const lastUser = this.views.map((view) => view.author).lastIndexOf("user");
      const live = new Set([...spoken.slice(-2), ...this.views.slice(lastUser + 1)]);
      for (const offer of offers) offer.setReplies(chosen.get(offer), live.has(offer));
    }
  }

  // ------------------------------------------------------------------------------------------------------------
  // 8. Interface: the input, the sheets over the panel, the page's title
  // ------------------------------------------------------------------------------------------------------------

  /** Where the person writes. */
  class Composer {
    constructor(texts, store, onSubmit) {
      this.texts = texts;
      this.store = store;
      this.limit = DEFAULTS.max_characters;
      this.counter = h("p", { class: "counter", id: "counter", hidden: true });
      this.status = h("p", { class: "vh", role: "status" });
      this.input = h("textarea", {
        id: "input",
        rows: 1,
        placeholder: texts.placeholder,
        autocomplete: "off",
        enterkeyhint: "send",
        "aria-describedby": "counter",
      });
      this.element = h(
        "form",
        { class: "composer", novalidate: true },
        h("label", { class: "vh", for: "input" }, texts.label),
        h("div", { class: "field" }, this.input, h("button", { type: "submit", class: "send", title: texts.send, "aria-label": texts.send }, icon("send"))),
        this.counter,
        this.status,
      );
      this.element.addEventListener("submit", (event) => {
        event.preventDefault();
        onSubmit(this.input.value);
      });
      this.input.addEventListener("input", () => this.changed());
      this.input.addEventListener("keydown", (event) => {
        // 229: a key that belongs to an input method, on browsers that end the composition first.
        if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
        event.preventDefault();
        onSubmit(this.input.value);
      });
      this.value = store.draft;
    }

    get value() {
      return this.input.value;
    }

    set value(text) {
      this.input.value = text;
      this.changed();
    }

    /** Puts a text back in front of what has been typed since. */
    giveBack(text) {
      this.value = [text, this.value].filter((part) => part.trim()).join("\n\n");
    }

    changed() {
      this.store.draft = this.input.value;
      this.resize();
      const count = countCharacters(this.input.value);
      const isNear = count > this.limit * 0.8;
      const isOver = count > this.limit;
      this.counter.hidden = !isNear;
      this.counter.classList.toggle("over", isOver);
      this.counter.textContent = isNear ? fill(this.texts.counter, { n: count, max: this.limit }) : "";
      this.input.setAttribute("aria-invalid", String(isOver));
      // Said twice at most, not at each key.
      const step = isOver ? "over" : count > this.limit * 0.95 ? "near" : "";
      if (step !== this.step) {
        this.status.textContent =
          step === "over"
            ? fill(this.texts.tooLong, { n: count, max: this.limit })
            : step === "near"
              ? fill(this.texts.nearLimit, { n: this.limit - count })
              : "";
        this.step = step;
      }
    }

    /** As tall as its text, up to five lines (the stylesheet's max-height). */
    resize() {
      this.input.style.height = "auto";
      if (this.input.scrollHeight) this.input.style.height = `${this.input.scrollHeight + 2}px`;
    }
  }

  /** A question asked over the panel. The rest of the panel is inert until it is answered. */
  class Sheet {
    constructor(texts, rest) {
      this.texts = texts;
      this.rest = rest;
      this.element = h("div", { class: "sheet", hidden: true });
      this.element.addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        this.close();
      });
    }

    get isOpen() {
      return !this.element.hidden;
    }

    /** `onConfirm(form)` may return a sentence to show, and then the sheet stays. */
    open({ title, content, confirm, danger, returnTo, onConfirm }) {
      const alert = h("p", { class: "alert", role: "alert" });
      const button = h("button", { type: "submit", class: danger ? "primary danger" : "primary" }, confirm);
      const form = h(
        "form",
        { novalidate: true },
        h("h2", { id: "sheet-title", tabindex: "-1" }, title),
        h("div", { id: "sheet-text" }, ...content),
        alert,
        h("p", { class: "actions" }, h("button", { type: "button", class: "secondary", onclick: () => this.close() }, this.texts.cancel), button),
      );
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        if (button.getAttribute("aria-disabled") === "true") return;
        button.setAttribute("aria-disabled", "true");
        alert.textContent = "";
        const problem = await onConfirm(form);
        button.removeAttribute("aria-disabled");
        if (problem) alert.textContent = problem;
        else if (this.element.contains(form)) this.close();
      });
      this.returnTo = returnTo;
      const role = danger ? "alertdialog" : "dialog";
      this.element.replaceChildren(h("div", { class: "card", role, "aria-labelledby": "sheet-title", "aria-describedby": "sheet-text" }, form));
      this.element.hidden = false;
      for (const element of this.rest()) element.inert = true;
      form.querySelector("h2").focus();
    }

    close() {
      if (!this.isOpen) return;
      this.element.hidden = true;
      this.element.replaceChildren();
      for (const element of this.rest()) element.inert = false;
      if (this.returnTo) this.returnTo.focus();
    }
  }

  /** "(1) Title" in the browser's tab: flashes for less than five seconds, then stays. */
  class TitleFlag {
    show(count) {
      this.clear();
      const mark = `(${count}) `;
      let turns = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1 : 5;
      const turn = () => {
        if (turns % 2) this.mark(mark);
        else this.unmark();
        if (--turns > 0) this.timer = setTimeout(turn, 900);
      };
      turn();
    }

    clear() {
      clearTimeout(this.timer);
      this.unmark();
    }

    mark(mark) {
      this.unmark();
      this.marked = mark;
      document.title = mark + document.title;
    }

    /** The page may have changed its title meanwhile: only our mark goes. */
    unmark() {
      if (this.marked && document.title.startsWith(this.marked)) document.title = document.title.slice(this.marked.length);
      this.marked = "";
    }
  }

  // ------------------------------------------------------------------------------------------------------------
  // 9. Interface: the panel
  // ------------------------------------------------------------------------------------------------------------

  /** The launcher, the panel, and everything in it; the conversation's `view`. */
  class Panel {
    constructor({ api, store, texts, base, announce }) {
      this.api = api;
      this.store = store;
      this.texts = texts;
      this.base = base;
      this.announce = announce;
      this.links = { stream: true, sending: true, network: navigator.onLine !== false };
      this.isSlow = false;
      this.isAway = false;
      this.arrivesAt = 0;
      this.titleFlag = new TitleFlag();
      this.conversation = new Conversation(api, store, this);
      this.list = new MessageList(texts, {
        retry: (id) => this.conversation.retry(id),
        choose: (message, index) => this.conversation.send(message.buttons[index], { seq: message.seq, index }),
        rate: (seq, value, comment) => this.rate(seq, value, comment),
      });
      this.composer = new Composer(texts, store, (text) => this.submit(text));
      this.build();
      this.showConfiguration(DEFAULTS);
    }

    // -- construction

    build() {
      const { texts } = this;
      this.badge = h("span", { class: "badge", hidden: true });
      this.launcher = h(
        "button",
        { type: "button", class: "launcher", "aria-expanded": "false", "aria-controls": "panel", onclick: () => this.toggle() },
        icon("chat"),
        h("span", { class: "launcher-text" }, texts.launcher),
        this.badge,
      );
      this.buildMenu();
      this.header = h(
        "header",
        { class: "head" },
        h("span", { class: "mark" }, icon("chat")),
        h("div", { class: "titles" }, (this.heading = h("h2", { id: "title" }, texts.title)), h("p", {}, texts.subtitle)),
        h("div", { class: "menu-place" }, this.menuButton, this.menu),
        h("button", { type: "button", class: "tool close", title: texts.close, "aria-label": texts.close, onclick: () => this.close() }, icon("close")),
      );
      this.banner = h("p", { class: "banner", role: "status" });
      this.welcome = h("div", { class: "welcome", hidden: true });
      this.typing = h("div", { class: "typing", role: "status" });
      this.scroller = h(
        "div",
        { class: "scroll", role: "region", tabindex: "0", "aria-label": texts.exchanges },
        this.welcome,
        this.list.element,
        this.typing,
      );
      this.newer = h("button", { type: "button", class: "newer", hidden: true, onclick: () => this.scrollToEnd() }, icon("down"), texts.newer);
      this.toast = h("p", { class: "toast", role: "status" });
      this.ended = h("div", { class: "ended", role: "alert" });
      this.alert = h("p", { class: "alert", role: "alert" });
      this.foot = h("div", { class: "foot" }, this.newer, this.toast, this.ended, this.alert, this.composer.element);
      this.body = h("div", { class: "body" }, this.banner, this.scroller);
      this.sheet = new Sheet(texts, () => [this.header, this.body, this.foot]);
      this.panel = h(
        "section",
        { class: "panel", id: "panel", role: "dialog", "aria-modal": "false", "aria-labelledby": "title", hidden: true },
        this.header,
        this.body,
        this.foot,
        this.sheet.element,
      );
      this.root = h("div", { class: "cnfs", role: "region", "aria-label": texts.region, lang: "fr", hidden: true }, this.launcher, this.panel);
      this.panel.addEventListener("keydown", (event) => this.key(event));
      this.panel.addEventListener("click", (event) => this.closeMenuFrom(event));
      this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
      this.composer.input.addEventListener("input", () => this.clearMessages());
    }

    buildMenu() {
      const { texts } = this;
      const entry = (name, image, action) => h("li", {}, h("button", { type: "button", onclick: () => this.choose(action) }, icon(image), texts[name]));
      this.privacyEntry = h("li");
      // Everything that needs a conversation.
      this.threadEntries = [
        entry("newConversation", "plus", () => this.askNew()),
        entry("download", "save", () => this.download()),
        entry("opinion", "star", () => this.askOpinion()),
        entry("erase", "bin", () => this.askErase()),
      ];
      this.menu = h("ul", { class: "menu", id: "menu", hidden: true }, ...this.threadEntries, this.privacyEntry, entry("close", "close", () => this.close()));
      this.menu.addEventListener("focusout", (event) => {
        if (event.relatedTarget && !this.menu.contains(event.relatedTarget) && event.relatedTarget !== this.menuButton) this.showMenu(false);
      });
      this.menuButton = h(
        "button",
        { type: "button", class: "tool more", title: texts.menu, "aria-label": texts.menu, "aria-expanded": "false", "aria-controls": "menu", onclick: () => this.showMenu(this.menu.hidden) },
        icon("more"),
      );
    }

    /** Draws what depends on the server's configuration; any missing field keeps its default. */
    showConfiguration(configuration) {
      const { texts } = this;
      const days = configuration.retention_days;
      const privacyUrl = /^https?:\/\//.test(configuration.privacy_url) ? configuration.privacy_url : `${this.base}/confidentialite`;
      const link = () => h("a", { href: privacyUrl, target: "_blank", rel: "noopener noreferrer" }, texts.privacyLink, hidden(` ${texts.newWindow}`));
      this.composer.limit = configuration.max_characters > 0 ? configuration.max_characters : DEFAULTS.max_characters;
      this.composer.changed();
      this.unavailable = h("div", { class: "unavailable", hidden: true }, ...this.otherWays({ ...DEFAULTS.contact, ...configuration.contact }));
      const questions = Array.isArray(configuration.top_questions) ? configuration.top_questions : [];
      const ask = (question) => h("li", {}, h("button", { type: "button", class: "question", onclick: () => this.ask(question) }, h("span", {}, typeset(question)), icon("next")));
      this.welcome.replaceChildren(
        h("p", { class: "hello" }, texts.hello),
        h("p", {}, texts.welcome),
        this.unavailable,
        questions.length ? h("p", { class: "caption", id: "top-questions" }, texts.topQuestions) : "",
        questions.length ? h("ul", { class: "questions", "aria-labelledby": "top-questions" }, ...questions.map((question) => ask(String(question)))) : "",
        h("p", { class: "privacy" }, icon("shield"), h("span", {}, days > 0 ? fill(texts.privacy, { days }) : texts.privacyNoDays, " ", link())),
      );
      const entry = link();
      entry.prepend(icon("shield"));
      this.privacyEntry.replaceChildren(entry);
    }

    otherWays({ email, phone, hours, faq }) {
      const { texts } = this;
      const number = `tel:${String(phone).replace(/^0/, "+33").replace(/[^\d+]/g, "")}`;
      const ways = [
        email && h("li", {}, `${texts.writeTo} `, renderLink(email, safeAddress(`mailto:${email}`) || "", texts)),
        phone && h("li", {}, `${texts.call} `, renderLink(phone, number, texts), hours ? typeset(`, ${hours}`) : ""),
        safeAddress(faq) && h("li", {}, renderLink(texts.readFaq, safeAddress(faq), texts)),
      ];
      return [h("p", {}, texts.unavailable), h("p", {}, texts.otherWays), h("ul", {}, ...ways.filter(Boolean))];
    }

    // -- opening and closing

    get isOpen() {
      return !this.panel.hidden;
    }

    get isRead() {
      return this.isOpen && !document.hidden;
    }

    toggle() {
      if (this.isOpen) this.close();
      else this.open();
    }

    open(takeFocus = true) {
      if (!this.isOpen) {
        this.panel.hidden = false;
        this.launcher.setAttribute("aria-expanded", "true");
        this.layout();
        this.composer.resize();
        if (!this.list.isEmpty) this.scrollToEnd("auto");
        this.markSeen();
        this.announce("cnfs:open");
      }
      if (takeFocus && !this.sheet.isOpen) this.composer.input.focus({ preventScroll: true });
    }

    close() {
      if (!this.isOpen) return;
      const hadFocus = this.panel.contains(this.root.getRootNode().activeElement);
      this.sheet.close();
      this.showMenu(false);
      this.panel.hidden = true;
      this.launcher.setAttribute("aria-expanded", "false");
      this.layout();
      if (hadFocus) this.launcher.focus({ preventScroll: true });
      this.announce("cnfs:close");
    }

    /** On a small screen the panel takes all of it, and is then a modal dialog. */
    setFullScreen(isFull) {
      this.isFull = isFull;
      this.root.classList.toggle("full", isFull);
      this.panel.setAttribute("aria-modal", String(isFull));
      this.layout();
    }

    /** Follows the visible part of the screen: a virtual keyboard must not cover the input. */
    layout() {
      this.launcher.hidden = Boolean(this.isFull && this.isOpen);
      const seen = window.visualViewport;
      const follows = this.isFull && this.isOpen && seen && seen.scale < 1.02;
      const atEnd = this.isAtEnd();
      for (const [name, value] of [["--_height", follows && `${seen.height}px`], ["--_top", follows && `${seen.offsetTop}px`]]) {
        if (value) this.root.style.setProperty(name, value);
        else this.root.style.removeProperty(name);
      }
      if (follows && atEnd && !this.list.isEmpty) this.scrollToEnd("auto");
    }

    key(event) {
      if (event.key === "Escape" && !event.isComposing) {
        event.stopPropagation();
        if (this.menu.hidden) this.close();
        else this.showMenu(false, true);
      } else if (event.key === "Tab" && this.isFull) this.keepFocus(event);
    }

    keepFocus(event) {
      const candidates = [...this.panel.querySelectorAll("a[href], button:not(:disabled), textarea, input, [tabindex='0']")].filter(
        (element) => element.getClientRects().length && !element.closest("[inert]"),
      );
      const active = this.root.getRootNode().activeElement;
      const index = candidates.indexOf(active);
      // Radio buttons count as one stop: let the browser move inside and only turn around at the ends.
      const next = event.shiftKey ? index <= 0 && candidates[candidates.length - 1] : index === candidates.length - 1 && candidates[0];
      if (!next) return;
      event.preventDefault();
      next.focus();
    }

    /** Focus that went behind the full screen comes back. */
    holdFocus(event) {
      if (this.isFull && this.isOpen && !event.composedPath().includes(this.root)) this.menuButton.focus();
    }

    showMenu(isShown, takeFocus = false) {
      if (isShown) {
        const hasThread = Boolean(this.conversation.token);
        for (const entry of this.threadEntries.slice(1)) entry.firstChild.disabled = !hasThread || this.conversation.over;
        this.threadEntries[0].firstChild.disabled = this.list.isEmpty && !hasThread;
      }
      this.menu.hidden = !isShown;
      this.menuButton.setAttribute("aria-expanded", String(isShown));
      if (takeFocus) this.menuButton.focus();
    }

    closeMenuFrom(event) {
      const path = event.composedPath();
      if (!path.includes(this.menu) && !path.includes(this.menuButton)) this.showMenu(false);
    }

    choose(action) {
      this.showMenu(false, true);
      action();
    }

    // -- what the person does

    /** Sends a text, or says why not; true when it is on its way. */
    submit(text) {
      this.clearMessages();
      const count = countCharacters(text);
      if (!count) {
        this.composer.input.focus();
        return false;
      }
      if (count > this.composer.limit) {
        this.alert.textContent = fill(this.texts.tooLong, { n: count, max: this.composer.limit });
        return false;
      }
      if (this.conversation.over) {
        const button = this.ended.querySelector("button");
        if (button) button.focus();
        return false;
      }
      if (text === this.composer.value) this.composer.value = "";
      this.conversation.send(text);
      this.scrollToEnd();
      return true;
    }

    /** One of the top questions: its button goes away, so the focus needs a place. */
    ask(question) {
      if (!this.submit(question)) return;
      const place = matchMedia("(pointer: coarse)").matches ? this.scroller : this.composer.input;
      place.focus({ preventScroll: true });
    }

    async rate(seq, value, comment) {
      this.clearMessages();
      try {
        await this.conversation.rate(seq, value, comment);
        this.say(this.texts.thanks);
        return true;
      } catch (error) {
        this.alert.textContent = error.sentence || this.texts.ratingFailed;
        return false;
      }
    }

    async download() {
      this.clearMessages();
      try {
        const text = await this.conversation.transcript();
        const address = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
        const today = new Date();
        const date = [today.getFullYear(), today.getMonth() + 1, today.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
        h("a", { href: address, download: `${this.texts.downloadName}-${date}.txt` }).click();
        setTimeout(() => URL.revokeObjectURL(address), 60000);
      } catch (error) {
        this.alert.textContent = error.sentence || this.texts.downloadFailed;
      }
    }

    askNew() {
      const { texts } = this;
      this.sheet.open({
        title: texts.newConversation,
        content: [h("p", {}, texts.newConfirm)],
        confirm: texts.confirmNew,
        returnTo: this.menuButton,
        onConfirm: () => {
          this.sheet.returnTo = this.composer.input;
          this.conversation.leave();
          this.say(texts.newDone);
        },
      });
    }

    askErase() {
      const { texts } = this;
      this.sheet.open({
        title: texts.erase,
        content: [h("p", {}, texts.eraseConfirm)],
        confirm: texts.confirmErase,
        danger: true,
        returnTo: this.menuButton,
        onConfirm: async () => {
          try {
            await this.conversation.erase();
          } catch (error) {
            return error.sentence || texts.eraseFailed;
          }
          this.composer.value = "";
          this.say(texts.eraseDone);
        },
      });
    }

    askOpinion() {
      const { texts } = this;
      const score = (n) => h("label", {}, h("input", { type: "radio", name: "score", value: n }), h("span", {}, String(n)));
      this.sheet.open({
        title: texts.opinion,
        content: [
          h(
            "fieldset",
            {},
            h("legend", {}, texts.opinionQuestion),
            h("div", { class: "scores" }, ...[1, 2, 3, 4, 5].map(score)),
            h("p", { class: "scale" }, h("span", {}, texts.opinionLow), h("span", {}, texts.opinionHigh)),
          ),
          h("label", { for: "opinion-comment" }, texts.opinionComment),
          h("textarea", { id: "opinion-comment", name: "comment", rows: 3, maxlength: 1000 }),
        ],
        confirm: texts.confirmOpinion,
        returnTo: this.menuButton,
        onConfirm: async (form) => {
          const chosen = form.querySelector("input:checked");
          if (!chosen) {
            form.querySelector("input").focus();
            return texts.opinionMissing;
          }
          try {
            await this.conversation.rateAll(Number(chosen.value), wholeCharacters(form.querySelector("textarea").value).trim() || null);
          } catch (error) {
            return error.sentence || texts.ratingFailed;
          }
          this.say(texts.thanks);
        },
      });
    }

    // -- what the conversation says (its `view`)

    reset() {
      this.list.clear();
      this.ended.replaceChildren();
      this.newer.hidden = true;
      this.isCaughtUp = false;
      this.list.isBusy = true;
      this.list.element.setAttribute("aria-busy", "true");
      this.showTyping(false);
      this.calm();
      this.showWelcome();
      this.showUnread();
    }

    /** What was wrong with the last conversation says nothing of the next. */
    calm() {
      this.isSlow = this.isAway = this.wasLost = false;
      this.links.stream = this.links.sending = true;
      this.showBanner();
    }

    /** The history is on screen: from now on, new messages are read out. */
    caughtUp() {
      this.isCaughtUp = true;
      this.list.isBusy = false;
      this.list.refresh();
      this.list.element.setAttribute("aria-busy", "false");
      this.showWelcome();
      if (!this.list.isEmpty) this.scrollToEnd("auto");
      this.seen();
    }

    message(message, isNew) {
      const wasAtEnd = isNew && this.isAtEnd();
      const view = this.list.put(message);
      if (isNew) this.showWelcome();
      if (message.author !== "user") {
        this.showTyping(false);
        this.isAway = false;
        this.showBanner();
      }
      if (!view || !isNew) return;
      if (view.author === "user") this.scrollToEnd();
      else {
        this.reveal(view, wasAtEnd);
        this.seen();
      }
      this.announce("cnfs:message", { seq: message.seq, author: message.author });
    }

    pending(item) {
      if (this.list.putPending(item)) this.scrollToEnd();
      this.showWelcome();
    }

    sending(id) {
      this.list.setState(id, "sending");
    }

    sent(id, seq) {
      this.list.sent(id, seq);
    }

    failed(id) {
      this.list.setState(id, "notSent");
    }

    dropped(id) {
      this.list.drop(id);
      this.showWelcome();
    }

    refused(item, sentence) {
      if (!item.button || !this.composer.value) this.composer.giveBack(item.text);
      this.alert.textContent = sentence || this.texts.refused;
    }

    giveBack(texts) {
      if (texts.length) this.composer.giveBack(texts.join("\n\n"));
    }

    over(sentence) {
      this.showTyping(false);
      this.calm();
      const renew = () => {
        this.conversation.leave();
        this.composer.input.focus();
      };
      this.ended.replaceChildren(
        h("p", {}, sentence || this.texts.over),
        h("button", { type: "button", class: "primary", onclick: renew }, this.texts.newConversation),
      );
    }

    slow() {
      this.isSlow = true;
      this.showBanner();
    }

    notice(event, data) {
      if (event === "typing") this.showTyping(data.on !== false);
      else if (event === "away") {
        this.isAway = true;
        this.showTyping(false);
        this.showBanner();
      }
    }

    connection(name, isUp) {
      this.links[name] = isUp;
      if (name === "sending" && isUp) this.isSlow = false;
      this.showBanner();
    }

    seenElsewhere() {
      this.showUnread();
    }

    // -- what is shown

    showWelcome() {
      this.welcome.hidden = !this.list.isEmpty || !(this.isCaughtUp || !this.links.stream);
    }

    /** The server does not answer: another way to ask is shown, and writing stays possible. */
    showUnavailable(isShown) {
      this.unavailable.hidden = !isShown;
      this.showBanner();
    }

    showBanner() {
      const { texts, links } = this;
      // A network said to be away counts only until something gets through.
      const isLost = !links.stream || !links.sending || (!links.network && !this.conversation.token);
      const text = isLost ? texts.lost : this.isSlow ? texts.slow : this.isAway ? texts.away : "";
      if (this.wasLost && !isLost) this.say(texts.back);
      this.wasLost = isLost;
      if (this.banner.textContent !== text) this.banner.textContent = text;
      this.banner.classList.toggle("lost", isLost);
    }

    showTyping(isOn) {
      clearTimeout(this.typingTimer);
      if (isOn) this.typingTimer = setTimeout(() => this.showTyping(false), TYPING_LASTS);
      // While away the banner already says that the answer will come.
      const isShown = isOn && !this.isAway;
      if (isShown === Boolean(this.typing.firstChild)) return;
      const atEnd = this.isAtEnd();
      const dots = h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
      this.typing.replaceChildren(...(isShown ? [hidden(this.texts.typing), dots] : []));
      if (isShown && atEnd) this.scrollToEnd();
    }

    /** A short piece of news: stays until the next thing the person does. */
    say(text) {
      this.toast.textContent = text;
      clearTimeout(this.toastTimer);
      this.toastTimer = setTimeout(() => (this.toast.textContent = ""), 10000);
    }

    clearMessages() {
      this.toast.textContent = "";
      this.alert.textContent = "";
    }

    // -- scrolling

    /** At the end, or on the way to it. */
    isAtEnd() {
      if (Date.now() < this.arrivesAt) return true;
      const { scrollHeight, scrollTop, clientHeight } = this.scroller;
      return scrollHeight - scrollTop - clientHeight < 80;
    }

    scrollTo(top, behavior) {
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      this.scroller.scrollTo({ top, behavior: behavior || (calm ? "auto" : "smooth") });
    }

    scrollToEnd(behavior) {
      this.newer.hidden = true;
      this.arrivesAt = Date.now() + 700;
      this.scrollTo(this.scroller.scrollHeight, behavior);
    }

    /** Brings an answer into view by its beginning; someone reading further up is not disturbed. */
    reveal(view, wasAtEnd) {
      if (!this.isOpen) return;
      const now = Date.now();
      const follows = this.anchor && this.anchor.isConnected && now - this.revealedAt < 2000;
      if (!follows && !wasAtEnd) {
        this.newer.hidden = false;
        return;
      }
      // Several messages in a row are one answer: it is read from the first.
      if (!follows) this.anchor = view.element;
      this.revealedAt = now;
      const top = this.anchor.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top + this.scroller.scrollTop;
      const { scrollHeight, clientHeight } = this.scroller;
      this.scrollTo(Math.min(scrollHeight - clientHeight, top - 12));
    }

    scrolled() {
      if (this.isAtEnd()) this.newer.hidden = true;
    }

    // -- read and unread

    /** Notes what has been seen, or counts what has not. */
    seen() {
      if (this.isRead) this.markSeen();
      else this.showUnread();
    }

    markSeen() {
      const last = this.list.lastSeq;
      if (document.hidden) return;
      if (last > Number(this.store.get("seen") || 0)) this.store.set("seen", String(last));
      this.showUnread();
    }

    showUnread() {
      const count = this.isCaughtUp ? this.list.unreadAfter(Number(this.store.get("seen") || 0)) : 0;
      if (count === this.unread) return;
      this.unread = count;
      this.badge.hidden = !count;
      const words = count === 1 ? this.texts.unreadOne : fill(this.texts.unreadMany, { n: count });
      this.badge.replaceChildren(...(count ? [h("span", { "aria-hidden": "true" }, String(count)), hidden(` ${words}`)] : []));
      if (count) this.titleFlag.show(count);
      else this.titleFlag.clear();
    }
  }

  // ------------------------------------------------------------------------------------------------------------
  // 10. The element
  // ------------------------------------------------------------------------------------------------------------

  /** <cnfs-assistant>: reads the options, fetches configuration and stylesheet, follows the page's theme. */
  class CnfsAssistant extends HTMLElement {
    static get observedAttributes() {
      return ["accent", "position", "theme", "title"];
    }

    connectedCallback() {
      if (!this.panel) this.build();
      this.listen();
      this.theme();
      this.panel.conversation.start();
      this.load();
    }

    disconnectedCallback() {
      this.listeners.abort();
      this.observer.disconnect();
      clearTimeout(this.loadTimer);
      this.panel.conversation.stream.stop();
      this.panel.titleFlag.clear();
    }

    attributeChangedCallback(name, _before, value) {
      if (!this.panel || (name === "title" && !value)) return;
      if (name === "title") this.rename();
      else this.theme();
    }

    // -- public

    /** Opens the panel and puts the focus in the input. */
    open() {
      if (this.panel) this.panel.open();
    }

    close() {
      if (this.panel) this.panel.close();
    }

    /** Sends `text` as if the person had typed it; false when it cannot be (empty, too long, conversation over). */
    send(text) {
      if (!this.panel) return false;
      this.panel.open();
      return this.panel.submit(String(text));
    }

    /** Keeps the proof of who the person is, for the page's life only; nothing sends it yet. */
    setIdentity(token) {
      this.identity = token === null || token === undefined ? null : String(token);
      if (this.panel) this.panel.conversation.identity = this.identity;
    }

    // -- construction

    /** An option of the element, else of the script tag. */
    option(name) {
      if (this.hasAttribute(name)) return this.getAttribute(name);
      const data = SCRIPT && SCRIPT.dataset[name];
      return data === undefined ? null : data;
    }

    build() {
      const origin = SCRIPT && SCRIPT.src ? new URL(SCRIPT.src).origin : location.origin;
      this.base = (this.option("base") || origin).replace(/\/+$/, "");
      this.api = new Api(this.base);
      this.backoff = new Backoff(2000, 60000);
      this.panel = new Panel({
        api: this.api,
        store: new Store(),
        texts: this.texts(),
        base: this.base,
        announce: (type, detail) => {
          if (type === "cnfs:open") this.load();
          this.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, detail }));
        },
      });
      this.panel.conversation.identity = this.identity || null;
      this.rename();
      this.attachShadow({ mode: "open" }).append(this.panel.root);
    }

    texts() {
      const texts = { ...TEXTS };
      const given = this.option("texts");
      const replaced = given ? parseJson(given) : {};
      if (!replaced || typeof replaced !== "object") console.warn("cnfs-assistant: « texts » n'est pas un objet JSON.");
      for (const [name, text] of Object.entries(replaced || {})) if (typeof text === "string") texts[name] = text;
      for (const name of Object.keys(texts)) texts[name] = typeset(texts[name]);
      return texts;
    }

    /** The title goes to the heading; left on the element it would be a tooltip over everything. */
    rename() {
      const title = this.option("title");
      if (title) this.panel.heading.textContent = title;
      this.removeAttribute("title");
    }

    listen() {
      const { panel } = this;
      const { conversation } = panel;
      this.listeners = new AbortController();
      const { signal } = this.listeners;
      const on = (target, type, action) => target && target.addEventListener(type, action, { signal });
      on(window, "storage", (event) => conversation.storeChanged(event.key));
      on(window, "online", () => {
        panel.connection("network", true);
        conversation.wake();
        this.load();
      });
      on(window, "offline", () => {
        panel.connection("network", false);
        conversation.stream.drop();
      });
      on(window, "load", () => this.theme());
      on(document, "focusin", (event) => panel.holdFocus(event));
      on(window, "pagehide", () => {
        conversation.isLeaving = true;
        conversation.stream.drop();
      });
      on(window, "pageshow", (event) => {
        conversation.isLeaving = false;
        if (!event.persisted) return;
        conversation.checkToken();
        conversation.wake();
      });
      on(document, "visibilitychange", () => {
        conversation.stream.visibility(document.hidden);
        if (document.hidden) return;
        conversation.checkToken();
        conversation.flush();
        if (panel.isOpen) panel.markSeen();
      });
      on(window.visualViewport, "resize", () => panel.layout());
      on(window.visualViewport, "scroll", () => panel.layout());
      const small = matchMedia(FULL_SCREEN);
      on(small, "change", () => panel.setFullScreen(small.matches));
      panel.setFullScreen(small.matches);
      this.dark = matchMedia("(prefers-color-scheme: dark)");
      on(this.dark, "change", () => this.theme());
      this.observer = new MutationObserver(() => this.theme());
      this.observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-fr-theme", "data-fr-scheme", "class"] });
    }

    // -- configuration and stylesheet

    /** Asks for the configuration and the stylesheet until both are there; shows the widget meanwhile if they fail. */
    async load() {
      if (this.isLoaded || this.isLoading) return;
      clearTimeout(this.loadTimer);
      this.isLoading = true;
      try {
        const configuration = await this.api.json("GET", `${API}/config`, { cache: "default" });
        this.panel.showConfiguration(configuration);
        // A path, so that styles can only come from the assistant's own server.
        if (!/^\/[^/\\]/.test(configuration.stylesheet)) throw new ApiError(0);
        this.applyCss(await this.api.call("GET", configuration.stylesheet, { cache: "default" }));
        this.isLoaded = true;
      } catch {
        if (!this.hasCss) this.applyCss(BARE_CSS);
        this.loadTimer = setTimeout(() => this.load(), this.backoff.next());
      }
      this.isLoading = false;
      this.panel.showUnavailable(!this.isLoaded);
      this.show();
    }

    show() {
      const { root } = this.panel;
      this.theme();
      if (!root.hidden) return;
      root.hidden = false;
      this.contrast();
      // Opened by the page before there was anything to see: the focus comes now.
      if (this.panel.isOpen) this.panel.open();
      else if (this.option("open") !== null && !this.panel.isFull) this.panel.open(false);
    }

    /** A constructed sheet passes any Content-Security-Policy; older browsers get a style element. */
    applyCss(css) {
      this.hasCss = true;
      const root = this.shadowRoot;
      try {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(css);
        root.adoptedStyleSheets = [sheet];
      } catch {
        root.querySelectorAll("style").forEach((style) => style.remove());
        root.prepend(h("style", {}, css));
      }
    }

    // -- theme

    /** Neutral, or the page's own when it has the State's design system; light or dark. */
    theme() {
      const { root } = this.panel;
      const page = document.documentElement;
      const hasDsfr = getComputedStyle(page).getPropertyValue("--background-default-grey").trim() !== "";
      const wanted = this.option("theme");
      const system = this.dark && this.dark.matches ? "dark" : "light";
      const inherited = hasDsfr ? page.getAttribute("data-fr-theme") || "light" : system;
      const scheme = !hasDsfr && ["light", "dark"].includes(wanted) ? wanted : inherited;
      root.classList.toggle("dsfr", hasDsfr);
      root.classList.toggle("dark", scheme === "dark");
      root.classList.toggle("left", this.option("position") === "left");
      const accent = this.option("accent");
      if (accent && CSS.supports("color", accent)) root.style.setProperty("--_own-accent", accent);
      else root.style.removeProperty("--_own-accent");
      this.contrast();
    }

    /** Whatever the accent, the text on it is readable. */
    contrast() {
      const { root, launcher } = this.panel;
      const colour = getComputedStyle(launcher).backgroundColor;
      // Another notation than rgb() (oklch, say): the page chooses --cnfs-on-accent itself.
      if (!this.isLoaded || !/^rgb/.test(colour)) return;
      const [red, green, blue] = colour.match(/[\d.]+/g).map(Number);
      const linear = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
      const luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
      // Equal contrast with black and white is at 0.179.
      root.style.setProperty("--_auto-on-accent", luminance > 0.179 ? "#000" : "#fff");
    }
  }

  customElements.define(TAG, CnfsAssistant);

  function addToPage() {
    if (!document.querySelector(TAG)) document.body.append(document.createElement(TAG));
  }
  if (document.body) addToPage();
  else addEventListener("DOMContentLoaded", addToPage);
})();
