// How strong a new password is, said while it is typed. It stays in this page until the form is sent; the service judges
// it again then, against lists of leaked passwords too. The rules are the service's own, in the field's data-rules.
"use strict";

const LEET = ["i", "l"].map((one) => ({ 0: "o", 3: "e", 4: "a", 5: "s", 7: "t", "@": "a", $: "s", "!": "i", 1: one }));
const LEVELS = { fair: 2, good: 3, strong: 4 };
const folded = (text) => text.normalize("NFKC").toUpperCase().toLowerCase();

function isRun(letters, rows) {
  const text = letters.join("");
  return new Set(letters).size === 1 || rows.some((row) => row.includes(text) || row.includes([...letters].reverse().join("")));
}

// The cheapest way to write it: 1 for a word or a character, 2 for a sequence or a repeat.
function effectiveLength(letters, words, rules) {
  const size = letters.length;
  for (let period = 1; period <= size / 2; period += 1) {
    if (letters.every((letter, at) => letter === letters[at % period])) {
      return period > 1 ? effectiveLength(letters.slice(0, period), words, rules) + 2 : 2;
    }
  }
  const spellings = [letters];
  if (size < 200) spellings.push(...LEET.map((table) => letters.map((letter) => table[letter] ?? letter)));
  const longest = Math.max(0, ...[...words].map((word) => [...word].length));
  const best = [0];
  for (let end = 1; end <= size; end += 1) {
    best[end] = best[end - 1] + 1;
    for (let start = Math.max(0, end - longest); start <= end - rules.word; start += 1) {
      if (best[start] + 1 >= best[end]) continue;
      if (spellings.some((spelling) => words.has(spelling.slice(start, end).join("")))) best[end] = best[start] + 1;
    }
    for (let start = end - rules.run; start >= 0 && isRun(letters.slice(start, end), rules.rows); start -= 1) {
      best[end] = Math.min(best[end], best[start] + 2);
    }
  }
  return best[size];
}

function judge(password, rules) {
  const typed = [...password].length;
  const length = Math.min(typed, [...password.normalize("NFKC")].length);
  if (length < rules.least) return { refused: "short", missing: rules.least - length };
  if (typed > rules.most) return { refused: "long" };
  const letters = [...folded(password)];
  const bare = effectiveLength(letters, new Set(rules.words), rules);
  const effective = Math.min(effectiveLength(letters, new Set([...rules.words, ...rules.context]), rules), length);
  if (effective < rules.effective) return { refused: bare >= rules.effective ? "context" : "pattern", effective };
  return { strength: effective < rules.good ? "fair" : effective < rules.strong ? "good" : "strong", effective };
}

function said(judgement, rules) {
  if (judgement.missing) return `Too short: ${judgement.missing} more ${judgement.missing === 1 ? "character" : "characters"}.`;
  if (judgement.refused) return rules.said[judgement.refused];
  return `So far ${judgement.strength}. Lists of leaked passwords are searched when you send it.`;
}

for (const field of document.querySelectorAll("input[data-rules]")) {
  const rules = JSON.parse(field.dataset.rules);
  const shown = field.parentElement.querySelector(".strength");
  const status = shown.querySelector("[role=status]");
  let waiting;
  shown.hidden = false; // empty from the start: a region that appears with its text is not announced everywhere
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    if (!field.value) {
      shown.dataset.level = 0;
      status.textContent = "";
      return;
    }
    const judgement = judge(field.value, rules);
    const text = said(judgement, rules);
    shown.dataset.level = judgement.refused ? 1 : LEVELS[judgement.strength];
    waiting = setTimeout(() => { // one announcement when the typing pauses, none for what was said already
      if (status.textContent !== text) status.textContent = text;
    }, 400);
  });
}
