/* « / » in the composer: canned answers and answers of the FAQ, found as one types, inserted with Enter. */

/** Makes `text` complete from `address`; returns a function that inserts an answer where the caret is. */
export function completeWith(text, address) {
  const list = document.getElementById("propositions");
  const status = document.getElementById("annonce");
  let found = [];
  let chosen = -1;
  let asked = 0;

  const open = () => !list.hidden;

  function close() {
    list.hidden = true;
    text.removeAttribute("aria-activedescendant");
    chosen = -1;
  }

  /** The word after the last « / », if the caret is in it. */
  function wanted() {
    const before = text.value.slice(0, text.selectionStart);
    return /(?:^|\s)\/([^/\n]{0,60})$/.exec(before);
  }

  function select(index) {
    chosen = (index + found.length) % found.length;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === chosen)));
    text.setAttribute("aria-activedescendant", list.children[chosen].id);
    list.children[chosen].scrollIntoView({ block: "nearest" });
  }

  function insert(answer, start = text.selectionStart, end = text.selectionEnd) {
    text.setRangeText(answer, start, end, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  }

  function take(index) {
    const match = wanted();
    const start = match ? text.selectionStart - match[1].length - 1 : text.selectionStart;
    insert(found[index].text, start, text.selectionStart);
    close();
  }

  async function search() {
    const match = wanted();
    if (!match) return close();
    const turn = ++asked;
    let answer;
    try {
      answer = await fetch(`${address}?q=${encodeURIComponent(match[1])}`, { headers: { Accept: "application/json" } });
    } catch {
      return close();
    }
    if (turn !== asked || !answer.ok) return undefined;
    found = (await answer.json()).propositions;
    list.replaceChildren(
      ...found.map((item, index) => {
        const entry = document.createElement("li");
        entry.id = `proposition-${index}`;
        entry.setAttribute("role", "option");
        entry.setAttribute("aria-selected", "false");
        const name = document.createElement("strong");
        name.textContent = item.name;
        const start = document.createElement("small");
        start.textContent = item.text;
        entry.append(name, start);
        entry.addEventListener("mousedown", (event) => {
          event.preventDefault();
          take(index);
        });
        return entry;
      }),
    );
    list.hidden = found.length === 0;
    const count = found.length;
    status.textContent = count ? `${count} réponse${count > 1 ? "s" : ""} : flèches pour choisir, Entrée pour insérer.` : "";
    if (open()) select(0);
    return undefined;
  }

  text.addEventListener("input", search);
  text.addEventListener("blur", close);
  text.addEventListener("keydown", (event) => {
    if (!open()) return;
    const moves = { ArrowDown: chosen + 1, ArrowUp: chosen - 1 };
    if (event.key in moves) select(moves[event.key]);
    else if ((event.key === "Enter" && !event.ctrlKey) || event.key === "Tab") take(chosen);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  return insert;
}
