// What a message may show besides its text: a table, the progress of a walk, bars, files to download

/** A table that scrolls sideways on a narrow screen; the region takes the focus so that the keyboard scrolls it too. */
function renderTable({ caption, headers, rows }, texts) {
  const cells = (tag, values, properties = {}) => values.map((value) => h(tag, properties, typeset(String(value))));
  const body = rows.map(([first, ...others]) =>
    h("tr", {}, h("th", { scope: "row" }, typeset(String(first))), ...cells("td", others)),
  );
  const table = h(
    "table",
    {},
    caption ? h("caption", {}, typeset(String(caption))) : null,
    h("thead", {}, h("tr", {}, ...cells("th", headers, { scope: "col" }))),
    h("tbody", {}, ...body),
  );
  return h("div", { class: "table", role: "region", tabindex: "0", "aria-label": caption || texts.table }, table);
}

/** The steps of a walk. Colour is never alone: each step has a sign and, for screen readers, a word. */
function renderProgress({ label, steps }, texts) {
  const items = steps.map(({ title, state }, index) => {
    const known = ["done", "current", "skipped", "late"].includes(state) ? state : "todo";
    const sign = known === "done" ? icon("check") : h("span", { "aria-hidden": "true" }, known === "late" ? "!" : String(index + 1));
    return h(
      "li",
      { class: known, "aria-current": known === "current" ? "step" : null },
      h("span", { class: "sign" }, sign),
      h("span", {}, typeset(String(title)), hidden(` (${texts[`step_${known}`]})`)),
    );
  });
  const done = steps.filter(({ state }) => state === "done").length;
  return h(
    "div",
    { class: "progress" },
    label ? h("p", {}, typeset(String(label))) : null,
    h("div", { class: "gauge", "aria-hidden": "true" }, ...steps.map(({ state }) => h("i", { class: state === "done" ? "full" : "" }))),
    h("ol", { "aria-label": fill(texts.stepsDone, { n: done, total: steps.length }) }, ...items),
  );
}

/** Horizontal bars with their values in figures: the picture adds nothing that is not written. */
function renderBars({ caption, unit, rows }) {
  const most = Math.max(1, ...rows.map(({ value }) => Number(value) || 0));
  const shown = (value) => typeset(`${Number(value).toLocaleString("fr-FR")}${unit ? ` ${unit}` : ""}`);
  const items = rows.map(({ label, value }) => {
    const bar = h("span", { class: "bar", "aria-hidden": "true" });
    bar.style.setProperty("--share", String(Math.max(0, Number(value) || 0) / most));
    return h("li", {}, h("span", { class: "label" }, typeset(String(label))), h("span", { class: "value" }, shown(value)), bar);
  });
  return h("div", { class: "bars" }, caption ? h("p", {}, typeset(String(caption))) : null, h("ul", {}, ...items));
}

/** Files made on demand; `download(index, filename)` fetches one. */
function renderAttachments(attachments, texts, download) {
  const items = attachments.map(({ title, filename }, index) =>
    h(
      "li",
      {},
      h("button", { type: "button", class: "attachment", onclick: () => download(index, String(filename)) }, icon("save"), typeset(String(title))),
    ),
  );
  return h("ul", { class: "attachments", "aria-label": texts.attachments }, ...items);
}

/** Everything of the message that is well formed; anything else is left out, the text says it too. */
function renderExtras(message, texts, download) {
  const { table, progress, bars, attachments } = message;
  const isList = (value) => Array.isArray(value) && value.length > 0;
  return [
    table && isList(table.headers) && isList(table.rows) && table.rows.every(Array.isArray) ? renderTable(table, texts) : null,
    progress && isList(progress.steps) ? renderProgress(progress, texts) : null,
    bars && isList(bars.rows) ? renderBars(bars) : null,
    isList(attachments) ? renderAttachments(attachments, texts, download) : null,
  ].filter(Boolean);
}
