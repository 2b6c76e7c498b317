// Begins: first the table, so that the page can be used, then the curves.

function choices(select, name, values) {
  select.replaceChildren(h("option", { value: "" }, name), ...values.map(([value, label]) => h("option", { value }, label)));
}

function counted(rows, of) {
  const counts = new Map();
  for (const row of rows) for (const each of of(row)) counts.set(each, (counts.get(each) || 0) + 1);
  return counts;
}

class Filters {
  constructor(rows, shown) {
    this.rows = rows;
    this.shown = shown;
    this.selects = { outcome: byId("by-outcome"), kind: byId("by-kind"), failure: byId("by-failure"), run: byId("by-run") };
    const label = (name, count) => [name, `${name} (${whole.format(count)})`];
    const outcomes = counted(rows.all, (row) => [row.outcome]);
    const kinds = counted(rows.all, (row) => (rows.kinds[row.kind] ? [rows.kinds[row.kind]] : []));
    const failing = counted(rows.all, (row) => Array.from(row.failing, (kind) => rows.failures[kind]));
    const most = (counts) => Array.from(counts).sort((one, other) => other[1] - one[1]).map(([name, count]) => label(name, count));
    choices(this.selects.outcome, "any", ORDER.filter((name) => outcomes.has(name)).map((name) => label(name, outcomes.get(name))));
    choices(this.selects.kind, "any", most(kinds));
    choices(this.selects.failure, "any", most(failing));
    choices(this.selects.run, "all", rows.runs.map((run, place) => [String(place), `${run.label} ${run.name}`]));
    byId("runs-label").hidden = rows.runs.length < 2;
    for (const [name, select] of Object.entries(this.selects)) select.addEventListener("change", () => this.set({ [name]: select.value }));
    byId("find").addEventListener("input", (event) => this.set({ text: event.target.value }));
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    byId("clear").addEventListener("click", () => this.only({}));
    document.addEventListener("click", (event) => this.button(event.target.closest("button[data-outcome], button[data-kind], button[data-failure], button[data-set]")));
    this.say();
  }

  // A button elsewhere on the page that shows its goals in the table.
  button(button) {
    if (!button) return;
    this.only({ ...button.dataset });
    byId("goals").scrollIntoView();
    byId("rows").focus({ preventScroll: true });
  }

  only(filter) {
    this.set({ text: "", outcome: "", kind: "", failure: "", run: "", set: "", ...filter });
  }

  set(changes) {
    Object.assign(this.rows.filter, changes);
    const { filter } = this.rows;
    if (byId("find").value !== filter.text) byId("find").value = filter.text;
    for (const [name, select] of Object.entries(this.selects)) {
      select.value = filter[name];
      select.classList.toggle("on", filter[name] !== "");
    }
    this.shown();
    this.say();
  }

  say() {
    const { shown, all, filter, sets } = this.rows;
    const what = this.rows.runs.length > 1 ? "row" : "goal";
    const set = filter.set === "" ? "" : `, ${sets[filter.set].title}`;
    byId("count").textContent = shown.length === all.length ? plural(all.length, what) : `${whole.format(shown.length)} of ${plural(all.length, what)}${set}`;
    byId("clear").hidden = Object.values(filter).every((value) => value === "");
  }
}

// Opens the goal that the address names, if it names one.
function follow(rows, sheet) {
  const wanted = new URLSearchParams(location.hash.slice(1));
  if (!wanted.has("goal")) return;
  const row = rows.find(wanted.get("goal"), wanted.get("run"));
  if (row) sheet.open(row);
  else trouble(`There is no goal ${short(wanted.get("goal"), 40)} on this page.`);
}

function trouble(message) {
  byId("trouble").textContent = message;
  byId("trouble").hidden = false;
}

async function begin() {
  if (!globalThis.DecompressionStream) throw new Error("This browser is too old for the page: it cannot unpack what is compressed in it.");
  const data = JSON.parse(await unpack(byId("data").textContent));
  const rows = new Rows(data);
  const sheet = new Sheet(rows, data.metrics);
  const table = new Table(rows, (row) => sheet.open(row));
  const filters = new Filters(rows, () => table.update());
  sheet.closed = (row) => {
    table.choose(rows.shown.indexOf(row) < 0 ? table.chosen : rows.shown.indexOf(row), false);
    table.table.focus({ preventScroll: true });
  };
  table.update();
  filters.say();
  addEventListener("hashchange", () => follow(rows, sheet));
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.closest("input, select, dialog")) return;
    event.preventDefault();
    byId("find").focus();
  });
  follow(rows, sheet);
  document.documentElement.dataset.ready = "table";
  if (document.readyState === "loading") await new Promise((resolve) => { addEventListener("DOMContentLoaded", resolve, { once: true }); });
  const curves = new Curves(data);
  await curves.begin();
  document.documentElement.dataset.ready = "all";
}

begin().catch((error) => trouble(String(error.message || error)));
