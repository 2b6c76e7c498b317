// The table of goals: only the rows that are in sight are in the document, however many there are.

const COLUMNS = [
  { field: "run", label: "run", show: (row, rows) => h("span", { class: "chip", style: runColor(row.run) }, rows.runs[row.run].label) },
  { field: "name", label: "goal", show: (row) => [h("span", { class: "name" }, row.name), h("span", { class: "statement" }, row.statement.replace(HEAD, "").replace(/ :=( by)?$/, ""))] },
  { field: "outcome", label: "outcome", show: (row) => outcome(row.outcome) },
  { field: "seconds", label: "seconds", down: true, show: (row) => seconds(row.seconds), title: "Seconds of all attempts" },
  { field: "needed", label: "needed", show: (row) => seconds(row.needed), title: "Seconds up to the proof" },
  { field: "candidates", label: "candidates", down: true, show: (row) => whole.format(row.candidates), title: "Tactics that Lean tried" },
  { field: "attempts", label: "attempts", down: true, show: (row) => whole.format(row.attempts) },
  { field: "dollars", label: "$", down: true, show: (row) => dollars(row.dollars), title: "Dollars for models" },
  { field: "tokens", label: "tokens", down: true, show: (row) => whole.format(row.tokens), title: "Tokens of models" },
  { field: "length", label: "length", show: (row) => (row.length === null ? "" : whole.format(row.length)), title: "Characters of the proof" },
  { field: "why", label: "why", show: (row, rows) => rows.kinds[row.kind] || "" },
];
const NUMBERS = new Set(["seconds", "needed", "candidates", "attempts", "dollars", "tokens", "length"]);
const HEAD = /^(\/--.*?-\/ )?(@\[[^\]]*\] )?((private|protected|noncomputable) )?(theorem|lemma) \S+ /;
const SPARE = 12;
const MOST_PRINTED = 2000;

const runColor = (run) => `--run: var(--run-${run % 6})`;

class Table {
  constructor(rows, open) {
    this.rows = rows;
    this.open = open;
    this.frame = byId("frame");
    this.table = byId("rows");
    this.body = this.table.tBodies[0];
    this.chosen = -1;
    const used = (field) => rows.all.some((row) => row[field]);
    const hidden = new Set([rows.runs.length < 2 && "run", !used("dollars") && "dollars", !used("tokens") && "tokens"]);
    this.columns = COLUMNS.filter((column) => !hidden.has(column.field));
    this.head();
    this.frame.addEventListener("scroll", () => this.later(), { passive: true });
    new ResizeObserver(() => this.later()).observe(this.frame);
    this.table.addEventListener("keydown", (event) => this.key(event));
    this.body.addEventListener("click", (event) => {
      const line = event.target.closest("tr[data-at]");
      if (line) this.choose(Number(line.dataset.at), true);
    });
    addEventListener("beforeprint", () => this.draw(0, MOST_PRINTED));
    addEventListener("afterprint", () => this.draw());
  }

  head() {
    this.table.setAttribute("role", "grid");
    const cells = this.columns.map((column) => h("th", { scope: "col", class: `c-${column.field}`, "data-field": column.field },
      h("button", { type: "button", title: column.title, tabindex: 0, click: () => this.order(column) }, column.label, h("i", { "aria-hidden": "true" }))));
    this.table.tHead.append(h("tr", {}, cells));
  }

  order(column) {
    const { sort } = this.rows;
    if (sort.field !== column.field) this.rows.sort = { field: column.field, down: Boolean(column.down) };
    else if (sort.down === Boolean(column.down)) sort.down = !sort.down;
    else this.rows.sort = { field: "", down: false };
    for (const cell of this.table.tHead.rows[0].cells) {
      const mine = cell.dataset.field === this.rows.sort.field;
      if (mine) cell.setAttribute("aria-sort", this.rows.sort.down ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
    this.update();
  }

  update() {
    this.rows.update();
    this.chosen = -1;
    this.frame.scrollTop = 0;
    this.draw();
  }

  later() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.draw();
    });
  }

  height() {
    const line = this.body.querySelector("tr[data-at]");
    return (line && line.offsetHeight) || 36;
  }

  draw(first, most) {
    const height = this.height();
    const { shown } = this.rows;
    const from = first ?? Math.max(0, Math.floor(this.frame.scrollTop / height) - SPARE);
    const to = Math.min(shown.length, most ?? from + Math.ceil(this.frame.clientHeight / height) + 2 * SPARE);
    const lines = [];
    for (let at = from; at < to; at += 1) lines.push(this.line(at));
    const gap = (rows) => (rows > 0 ? h("tr", { class: "gap", "aria-hidden": "true" }, h("td", { style: `height:${rows * height}px` })) : null);
    // While printing there is nothing to scroll to.
    // A cell over more columns than are in sight would make room for them.
    const wide = Array.from(this.table.tHead.rows[0].cells).filter((cell) => cell.offsetWidth).length;
    const after = most === undefined ? gap(shown.length - to) : shown.length > to && h("tr", {}, h("td", { colspan: wide }, `… and ${shown.length - to} more`));
    const empty = shown.length ? null : h("tr", {}, h("td", { class: "none", colspan: wide }, "No goal is like that."));
    this.body.replaceChildren(...[gap(from), ...lines, after, empty].filter(Boolean));
    this.table.setAttribute("aria-rowcount", shown.length + 1);
    if (this.chosen >= from && this.chosen < to) this.table.setAttribute("aria-activedescendant", `row-${this.chosen}`);
    else this.table.removeAttribute("aria-activedescendant");
  }

  line(at) {
    const row = this.rows.shown[at];
    const cells = this.columns.map((column) => h("td", { class: `c-${column.field}${NUMBERS.has(column.field) ? " number" : ""}` }, column.show(row, this.rows)));
    return h("tr", { id: `row-${at}`, "data-at": at, "aria-rowindex": at + 2, "aria-selected": String(at === this.chosen), class: at % 2 ? "odd" : "" }, cells);
  }

  choose(at, open) {
    const { shown } = this.rows;
    if (!shown.length) return;
    this.chosen = Math.max(0, Math.min(shown.length - 1, at));
    const height = this.height();
    const top = this.chosen * height;
    const head = this.table.tHead.offsetHeight;
    const { scrollTop, clientHeight } = this.frame;
    if (top < scrollTop) this.frame.scrollTop = top;
    else if (top + height > scrollTop + clientHeight - head) this.frame.scrollTop = top + height - clientHeight + head;
    this.draw();
    if (open) this.open(shown[this.chosen]);
  }

  key(event) {
    if (event.target !== this.table || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.frame.clientHeight / this.height()) - 2);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key in moves) this.choose(this.chosen + moves[event.key], false);
    else if ((event.key === "Enter" || event.key === " ") && this.chosen >= 0) this.choose(this.chosen, true);
    else return;
    event.preventDefault();
  }
}
