// Transport

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

  /** Asks and reads the whole answer (`as`: "text" or "blob"); an ApiError otherwise. */
  async call(method, path, { token, body, signal, as = "text", cache = "no-store" } = {}) {
    const control = new AbortController();
    const abort = () => control.abort();
    const timer = setTimeout(abort, REQUEST_TIMEOUT);
    if (signal) signal.addEventListener("abort", abort, { once: true });
    try {
      const response = await this.fetch(method, path, { token, body, signal: control.signal, cache });
      if (!response.ok) throw new ApiError(response.status, parseJson(await response.text()));
      return await response[as]();
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
