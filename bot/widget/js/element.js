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
 * The element has open(), close(), send(text) and setIdentity(proof), and fires `cnfs:open`, `cnfs:close` and
 * `cnfs:message` (detail: {seq, author}; never the text, which is nobody else's business).
 */

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

  /**
   * How the host site proves who the person is: a function that is given a challenge and returns (a promise of) a
   * signed token holding it as `nonce`, or null when nobody is signed in. Kept for the page's life, never stored.
   */
  setIdentity(proof) {
    const isNone = proof === null || proof === undefined;
    this.identity = isNone ? null : typeof proof === "function" ? proof : String(proof);
    if (this.panel) this.panel.conversation.identify(this.identity);
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
