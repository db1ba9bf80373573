// Interface: the panel

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
      download: (seq, index, name) => this.downloadAttachment(seq, index, name),
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
      const today = new Date();
      const date = [today.getFullYear(), today.getMonth() + 1, today.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
      saveFile(new Blob([text], { type: "text/plain;charset=utf-8" }), `${this.texts.downloadName}-${date}.txt`);
    } catch (error) {
      this.alert.textContent = error.sentence || this.texts.downloadFailed;
    }
  }

  async downloadAttachment(seq, index, name) {
    this.clearMessages();
    try {
      saveFile(await this.conversation.attachment(seq, index), name);
      this.say(fill(this.texts.attachmentDone, { name }));
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
    // What comes next answers this message: it is no longer the rest of the answer before.
    this.anchor = null;
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
    if (event === "typing") this.showTyping(data.on !== false, data.name);
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

  /** `name`: the person of the team who writes; the assistant when there is none. */
  showTyping(isOn, name) {
    clearTimeout(this.typingTimer);
    if (isOn) this.typingTimer = setTimeout(() => this.showTyping(false), TYPING_LASTS);
    // While away the banner already says that the answer will come.
    const isShown = isOn && !this.isAway;
    if (isShown === Boolean(this.typing.firstChild)) return;
    const atEnd = this.isAtEnd();
    const dots = h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
    const said = name ? h("span", {}, fill(this.texts.personTyping, { name })) : hidden(this.texts.typing);
    this.typing.replaceChildren(...(isShown ? [said, dots] : []));
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
