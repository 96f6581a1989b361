// The search of the index page: opens the sentences when they are wanted, then looks through all.
"use strict";
const BATCH = 50;
const form = document.getElementById("search");
const field = document.getElementById("query");
const told = document.getElementById("told");
const list = document.getElementById("found");
const more = document.getElementById("more");
const years = form.dataset.years.split(" ").filter(Boolean);
const sections = JSON.parse(form.dataset.sections);
const rows = {};
const failed = [];
let asked = false;
let found = [];
let shown = 0;
let pause = 0;

// One written form for letters that differ in case, accents or signs only; words one space apart.
const fold = (text) =>
  ` ${text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase()} `.replace(/[^\p{L}\p{N}]+/gu, " ");
const NO_SPACES = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u;

// A year's script calls this with its rows; a line that was taken out is no row.
function broadsheet(year, sentences) {
  rows[year] = sentences.filter(Array.isArray).map((row) => [...row, fold(row[2])]);
  look();
}

function open() {
  if (asked) return;
  asked = true;
  for (const year of years) {
    const script = document.createElement("script");
    script.src = `${form.dataset.folder}/${year}.js`;
    script.onerror = () => { failed.push(year); look(); };
    document.head.append(script);
  }
}

// What must stand in a sentence: each word, or "words in a row", as beginnings of words.
const terms = (query) =>
  [...query.matchAll(/["“„]([^"”“]*)["”“]?|(\S+)/gu)]
    .map((one) => fold(one[1] ?? one[2]).trimEnd())
    .filter((term) => term.trim())
    .map((term) => (NO_SPACES.test(term) ? term.trim() : term));

function look() {
  const wanted = terms(field.value);
  const ready = years.filter((year) => rows[year]);
  found = wanted.length === 0 ? [] : ready.flatMap((year) =>
    rows[year].filter((row) => wanted.every((term) => row[5].includes(term))));
  list.replaceChildren();
  shown = 0;
  show();
  clearTimeout(pause);
  pause = setTimeout(() => say(wanted.length > 0, ready.length), 250);
}

function say(isAsked, ready) {
  const waiting = ready + failed.length < years.length;
  const lost = failed.length ? ` The sentences of ${failed.join(", ")} could not be opened.` : "";
  const editions = new Set(found.map((row) => row[0])).size;
  const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
  if (!isAsked) told.textContent = "";
  else if (waiting) told.textContent = "Opening the sentences …";
  else if (!found.length) told.textContent = `No brief says that.${lost}`;
  else told.textContent = `${count(found.length, "sentence")} in ${count(editions, "edition")}, the newest first.${lost}`;
}

function show() {
  const wanted = terms(field.value);
  list.append(...found.slice(shown, shown + BATCH).map((row) => item(row, wanted)));
  shown = Math.min(shown + BATCH, found.length);
  more.hidden = shown === found.length;
}

function item([edition, section, text, outlet, url], wanted) {
  const line = document.createElement("li");
  const quote = document.createElement("p");
  quote.append(...marked(text, wanted));
  const where = document.createElement("p");
  where.className = "by";
  const place = sections[section] ? `#${section}` : "";
  where.append(link(`${edition}/brief.html${place}`, `${edition}, ${sections[section] ?? section}`));
  if (outlet) where.append(" · ", /^https?:\/\//.test(url) ? link(url, outlet) : outlet);
  line.append(quote, where);
  return line;
}

function link(address, text) {
  const made = document.createElement("a");
  made.href = address;
  made.rel = "noopener";
  made.textContent = text;
  return made;
}

// The words of the sentence that begin with a wanted word stand in marks.
function marked(text, wanted) {
  const words = wanted.flatMap((term) => term.trim().split(" "));
  return text.split(/([\p{L}\p{N}\p{M}]+)/u).map((part, at) => {
    const folded = at % 2 ? fold(part).trim() : "";
    if (!folded || !words.some((word) => folded.startsWith(word) || (NO_SPACES.test(word) && folded.includes(word)))) return part;
    const mark = document.createElement("mark");
    mark.textContent = part;
    return mark;
  });
}

form.addEventListener("submit", (event) => { event.preventDefault(); open(); look(); });
field.addEventListener("focus", open);
field.addEventListener("input", () => { open(); look(); });
more.addEventListener("click", () => {
  const next = shown;
  show();
  list.children[next].querySelector("a").focus();
});
form.hidden = false;
if (field.value) { open(); look(); }
