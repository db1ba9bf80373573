// Store

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
