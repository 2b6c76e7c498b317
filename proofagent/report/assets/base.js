// What the other parts build with. Every text enters the document as text: nothing here reads HTML.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const h = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const s = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
const byId = (id) => document.getElementById(id);

// Base64 of gzip, as text. What is in it was checked when it was written: this page is one file.
async function unpack(text) {
  const letters = atob(text.trim());
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at); // `from` is twenty times as slow
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

const whole = new Intl.NumberFormat("en-US");
const plural = (count, word) => `${whole.format(count)} ${word}${count === 1 ? "" : "s"}`;

function seconds(value) {
  if (value === null || value === undefined) return "";
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : whole.format(Math.round(value));
}

function dollars(value) {
  return value >= 1 ? value.toFixed(2) : value.toFixed(4);
}

function number(value) {
  if (typeof value !== "number") return String(value);
  return Number.isInteger(value) ? whole.format(value) : String(Number(value.toPrecision(4)));
}

const MARKS = { proved: "✓", refuted: "¬", partial: "◐", unproved: "○", undecided: "?", error: "✗", open: "…", lost: "✗" };

// An outcome as a mark of its own shape and a word.
function outcome(name) {
  const known = Object.hasOwn(MARKS, name) ? name : "open";
  return h("span", { class: `outcome ${known}` }, h("i", { class: `mark ${known}`, "aria-hidden": "true" }, MARKS[known]), name);
}
