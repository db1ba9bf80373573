// The FAQ desk: warnings while one writes, progress of a training, keyboard in the inbox. Pages work without it.
const csrf = document.querySelector('meta[name="csrf"]').content;

function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

// Links [text](address) drawn as links, everything else as text.
function draw(target, text) {
  target.replaceChildren();
  let last = 0;
  for (const match of text.matchAll(/\[([^\]\n]+)\]\(((?:https?:\/\/|mailto:|tel:)[^\s)]+)\)/g)) {
    target.append(text.slice(last, match.index));
    const link = element('a', match[1]);
    link.href = match[2];
    link.rel = 'noopener';
    target.append(link);
    last = match.index + match[0].length;
  }
  target.append(text.slice(last));
}

const editor = document.getElementById('editeur');
if (editor) {
  const warnings = document.getElementById('avertissements');
  let timer;
  let asked = 0;
  let dirty = false;
  const check = async () => {
    const mine = ++asked;
    let answer;
    try {
      answer = await fetch(editor.dataset.verifier, {
        method: 'POST',
        headers: { 'X-CSRF-Token': csrf, Accept: 'application/json' },
        body: new FormData(editor),
      });
    } catch { return; }
    if (mine !== asked || !answer.ok) return;
    const data = await answer.json();
    warnings.replaceChildren();
    if (!data.avertissements.length) warnings.append(element('p', 'Rien à signaler.'));
    const sorted = data.avertissements.sort((a, b) => b.bloquant - a.bloquant);
    for (const item of sorted.slice(0, 40)) {
      const line = element('p', '', 'faq-avertissement' + (item.bloquant ? ' bloquant' : ''));
      line.append(element('strong', item.bloquant ? 'À corriger : ' : 'Conseil : '), item.texte);
      warnings.append(line);
    }
    draw(document.getElementById('apercu'), data.apercu.texte);
    draw(document.getElementById('apercu-telegram'), data.apercu.texte);
    editor.dataset.verifie = String(mine);
  };
  const later = () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(check, 600);
  };
  editor.addEventListener('input', later);
  editor.addEventListener('submit', () => { dirty = false; });
  window.addEventListener('beforeunload', (event) => { if (dirty) event.preventDefault(); });
  check();
}

const waiting = document.getElementById('attente');
if (waiting) {
  const ask = async () => {
    try {
      const answer = await fetch(waiting.dataset.etat, { headers: { Accept: 'application/json' } });
      if (answer.ok) {
        const data = await answer.json();
        if (data.etat !== 'waiting' && data.etat !== 'training') {
          location.reload();
          return;
        }
        document.getElementById('barre').value = data.avancement;
        document.getElementById('etape').textContent = data.etape;
        document.getElementById('pourcent').textContent = data.avancement;
        document.getElementById('reste').textContent = data.reste ? `, encore ${data.reste} environ` : '';
      }
    } catch { /* the server restarts: ask again */ }
    setTimeout(ask, 1000);
  };
  setTimeout(ask, 1000);
}

const groups = [...document.querySelectorAll('.faq-groupe')];
for (const form of document.querySelectorAll('form[data-groupe]')) {
  form.addEventListener('submit', (event) => {
    const boxes = [...form.querySelectorAll('input[data-id]')];
    const unchecked = new Set(boxes.filter((box) => !box.checked).map((box) => box.dataset.id));
    form.ids.value = form.ids.value.split(',').filter((id) => !unchecked.has(id)).join(',');
  });
}
if (groups.length) {
  let current = -1;
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select')) return;
    if (event.key === 'j' || event.key === 'k') {
      current = Math.min(groups.length - 1, Math.max(0, current + (event.key === 'j' ? 1 : -1)));
      groups[current].focus();
      groups[current].scrollIntoView({ block: 'start' });
      event.preventDefault();
    } else {
      const group = event.target.closest('.faq-groupe') ?? groups[current];
      const button = group?.querySelector(`[data-touche="${CSS.escape(event.key)}"]`);
      if (button) {
        event.preventDefault();
        button.click();
      }
    }
  });
}
