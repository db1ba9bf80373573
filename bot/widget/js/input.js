// Interface: the input, the sheets over the panel, the page's title

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
