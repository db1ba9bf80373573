// Renderer: a small safe subset. Nothing here ever reads text as markup.

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
