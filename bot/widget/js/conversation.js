// Conversation: what was said, what is still to be sent

/** How long the host site may take to say who the person is, in milliseconds. */
const HOST_TIMEOUT = 5000;

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
    this.identify();
    this.flush();
  }

  /**
   * Tells the server who the host site says the person is. The server alone judges the proof; without one, or when
   * it is refused, the conversation goes on as an anonymous one. A function is given the challenge that its proof
   * must hold, and returns null when nobody is signed in: what the site vouched for is then over.
   */
  async identify(identity = this.identity) {
    this.identity = identity;
    const token = this.token;
    if (!identity || !token) return;
    try {
      const proof = typeof identity === "function" ? await this.askHost(identity, token) : identity;
      if (proof) await this.authorised("POST", "/identity", { identity: String(proof) });
      else if (proof === null) await this.authorised("DELETE", "/identity");
    } catch (error) {
      if (typeof identity !== "function" && !error.isTemporary) this.identity = null;
    }
  }

  /** The host site's answer; undefined when it takes too long, so that the first message is not held back. */
  async askHost(identity, token) {
    const { challenge } = await this.api.json("GET", `${API}/identity`, { token });
    return Promise.race([identity(challenge), new Promise((resolve) => setTimeout(resolve, HOST_TIMEOUT))]);
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
    // Before the first message: its answer may depend on who asks.
    await this.identify();
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

  /** A file of a message, as a Blob. */
  attachment(seq, index) {
    return this.authorised("GET", `/attachments/${seq}/${index}`, undefined, "blob");
  }

  async authorised(method, path, body, as) {
    try {
      return await this.api.call(method, API + path, { token: this.token, body, as });
    } catch (error) {
      if (error.isOver) this.finish(error.sentence);
      throw error;
    }
  }
}
