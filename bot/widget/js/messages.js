// Interface: the messages

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
    if (typeof message.title === "string" && message.title) {
      this.bubble.prepend(h("p", { class: "answer-title" }, typeset(message.title)));
    }
    if (!isUser) {
      this.bubble.append(...renderExtras(message, texts, (index, name) => actions.download(message.seq, index, name)));
    }
    if (typeof message.source === "string" && message.source) {
      this.bubble.append(h("p", { class: "source" }, typeset(fill(texts.source, { source: message.source }))));
    }
    if (!isUser && typeof message.invitation === "string" && message.invitation) {
      this.bubble.append(h("p", {}, ...renderInline(message.invitation, texts)));
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
