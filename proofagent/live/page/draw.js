// Small things that the page is made of. Text from elsewhere becomes text nodes, never markup.

export const OUTCOMES = ["proved", "refuted", "partial", "unproved", "undecided", "error", "open"];

export const byId = (id) => document.getElementById(id);

export function make(tag, kind, ...children) {
  const node = document.createElement(tag);
  if (kind) node.className = kind;
  node.append(...children);
  return node;
}

export function say(id, text) {
  const node = byId(id);
  if (node.textContent !== text) node.textContent = text;
}

// The children of `parent` become one for each item, in their order; a child stays the same as long as its key does,
// so that what a reader has opened, selected or focused stays so.
export function keep(parent, items, key, create, update) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const names = new Set(items.map((item) => String(key(item))));
  for (const [name, child] of old) if (!names.has(name)) child.remove();
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    let child = old.get(name);
    if (!child) {
      child = create(item);
      child.dataset.key = name;
    }
    update(child, item);
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
  }
}

const whole = new Intl.NumberFormat("en");
const tenth = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

export const count = (number) => whole.format(number ?? 0);
export const decimal = (number) => tenth.format(number ?? 0);
export const many = (number, one, more = `${one}s`) => `${count(number)} ${number === 1 ? one : more}`;

export function duration(seconds) {
  const left = Math.max(0, Math.round(seconds ?? 0));
  if (left < 120) return `${left} s`;
  if (left < 7200) return `${Math.round(left / 60)} min`;
  if (left < 172800) return `${Math.floor(left / 3600)} h ${Math.floor((left % 3600) / 60)} min`;
  return `${Math.floor(left / 86400)} d ${Math.floor((left % 86400) / 3600)} h`;
}

export function bytes(number) {
  const size = number ?? 0;
  return size >= 1e9 ? `${decimal(size / 1e9)} GB` : `${count(Math.round(size / 1e6))} MB`;
}

export const dollars = (number) => `$${(number ?? 0).toFixed((number ?? 0) < 1 ? 4 : 2)}`;

export function clock(at) {
  const when = new Date((at ?? 0) * 1000);
  const today = when.toDateString() === new Date().toDateString();
  const time = when.toLocaleTimeString("en-GB");
  return today ? time : `${when.toLocaleDateString("en-CA")} ${time}`;
}

// A theorem and its proof, as they stand in a file.
export function wholeText(outcome, statement, proof) {
  if (outcome === "refuted") return proof ?? "";
  return proof === null || proof === undefined ? statement : statement + proof;
}
