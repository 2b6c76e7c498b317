// One goal, as a sheet over the page.

class Details {
  // The details of the goals that `place` is among, unpacked when they are asked for; a few are kept.
  constructor() {
    this.kept = new Map();
    this.whole = document.readyState === "loading"
      ? new Promise((resolve) => { addEventListener("DOMContentLoaded", resolve, { once: true }); })
      : Promise.resolve();
  }

  async get(place) {
    const found = () => Array.from(document.querySelectorAll("script.details")).find((each) => {
      const first = Number(each.dataset.first);
      // The last one of a page that is still being read may be a part of itself.
      return place >= first && place < first + Number(each.dataset.count) && (document.readyState !== "loading" || each.nextElementSibling);
    });
    let chunk = found();
    if (!chunk) {
      await this.whole;
      chunk = found();
    }
    if (!chunk) throw new Error("the page is cut off: it has no details of this goal");
    const { first } = chunk.dataset;
    if (!this.kept.has(first)) this.kept.set(first, unpack(chunk.textContent).then(JSON.parse));
    if (this.kept.size > 4) this.kept.delete(this.kept.keys().next().value);
    const all = await (this.kept.get(first) ?? unpack(chunk.textContent).then(JSON.parse));
    return all[place - Number(first)];
  }
}

const section = (title, ...content) => h("section", {}, h("h3", {}, title), content);
const pairs = (items) => h("dl", { class: "facts" }, items.filter(([, value]) => value !== "" && value !== null && value !== undefined && value !== false).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
const listed = (items) => (items.length ? items.join(", ") : "none");

function table(heads, lines, numbers = []) {
  const cell = (content, place, tag, more = {}) => h(tag, { class: numbers.includes(place) ? "number" : null, ...more }, content);
  return h("div", { class: "wide" }, h("table", { class: "plain" },
    h("thead", {}, h("tr", {}, heads.map((head, place) => cell(head, place, "th", { scope: "col" })))),
    h("tbody", {}, lines.map((line) => h("tr", {}, line.map((content, place) => cell(content, place, "td")))))));
}

// The lines of a proof stand as in its file: the first one right behind what leads to it.
function proofOf(detail, proof) {
  return lean(`${detail.goal.statement || ""}${proof}`);
}

function proofs(detail) {
  const { result } = detail;
  const made = [];
  if (result.proof) made.push(section("Proof", proofOf(detail, result.proof)));
  else if (detail.goal.statement) made.push(section("Statement", lean(detail.goal.statement.replace(/\s+$/, ""))));
  if (result.refutation) made.push(section("Refutation", lean(result.refutation)));
  if (result.others?.length) {
    made.push(section(`${plural(result.others.length, "other proof")}, accepted as well`, result.others.map((other) => lean(other))));
  }
  const { preamble, imports } = detail.goal;
  if (preamble) made.push(h("details", {}, h("summary", {}, "What stands before it in the file"), lean(preamble)));
  if (imports?.length) made.push(h("p", { class: "dim" }, `imports ${imports.join(", ")}${detail.goal.origin ? `; from ${detail.goal.origin}` : ""}`));
  return made;
}

function whyNot(detail, row, rows) {
  const { result } = detail;
  const lines = [result.why, ...(result.reasons || []).map((reason) => `${reason.code}: ${reason.text}`)].filter(Boolean);
  const notes = result.notes || [];
  if (row.outcome === "proved" && !notes.length) return null;
  return section(row.outcome === "proved" ? "Notes" : "Why it is not proved",
    row.outcome === "proved" ? null : h("p", {}, rows.kinds[row.kind] || row.outcome),
    lines.map((line) => h("pre", { class: "said" }, line)), notes.map((line) => h("p", { class: "dim" }, line)));
}

function treeOf(detail, tip) {
  if (detail.search_left_out) return [section("Search", h("p", { class: "dim" }, "It was left out, so that the page stays small: `proofagent show RUN GOAL` tells of it."))];
  const search = detail.search || (detail.result.tree ? stepsOf(detail.result.tree) : null);
  if (!search || !search.goals.length) return [section("Search", h("p", { class: "dim" }, "The journal tells of no search."))];
  const tree = new Tree(search, tip);
  const [goals, steps] = [search.goals_seen - search.goals.length, search.steps_seen - search.steps.length];
  const seen = `${plural(search.goals_seen, "goal")} and ${plural(search.steps_seen, "tactic")} that worked`;
  const left = goals > 0 || steps > 0 ? `; left out here: ${plural(Math.max(0, goals), "goal")} and ${plural(Math.max(0, steps), "tactic")}` : "";
  return [section("Search", h("p", { class: "dim" }, `${seen}${left}.`), tree.element), tree];
}

// The steps of a proof alone, where the journal has no more than that.
function stepsOf(root) {
  const goals = [];
  const steps = [];
  const add = (step, depth) => {
    const id = goals.length;
    goals.push({ id, target: step.goal, text: `⊢ ${step.goal}`, status: "proved", depth, value: 1, failed: 0, examples: [] });
    const mine = { goal: id, tactic: step.tactic, origin: step.origin, status: "proved", children: [], taken: true };
    steps.push(mine);
    mine.children = step.children.map((child) => add(child, depth + 1));
    return id;
  };
  add(root, 0);
  return { goals, steps, goals_seen: goals.length, steps_seen: steps.length, failures: [] };
}

function quality(result, metrics) {
  const names = Object.keys(result.quality || {});
  const columns = result.qualities?.length > 1 ? result.qualities : [];
  const rows = names.length ? names : [...new Set(columns.flatMap((each) => Object.keys(each)))];
  if (!rows.length) return null;
  const better = { less: "less is better", more: "more is better" };
  const lines = rows.map((name) => [name, ...(names.length ? [number(result.quality[name])] : []),
    ...columns.map((each) => (name in each ? number(each[name]) : "")), metrics[name]?.unit || "", better[metrics[name]?.better] || ""]);
  const heads = ["metric", ...(names.length ? ["proof"] : []), ...columns.map((_, place) => (place ? `other ${place}` : "this one")), "unit", ""];
  return section("Quality", table(heads, lines, heads.map((_, place) => place).slice(1, -2)));
}

function receipt(made) {
  if (!made) return null;
  const times = made.seconds || {};
  const hashes = ["challenge_sha256", "solution_sha256", "challenge_olean_sha256", "solution_olean_sha256", "replayed_olean_sha256", "library_sha256"];
  return section("Receipt",
    pairs([
      ["verdict", `${made.outcome}, after: ${made.rung}`],
      ["other kernels", (made.rechecks || []).map((k) => `${k.kernel} ${k.version}: ${k.outcome} ${k.detail}`).join("; ")],
      ["axioms", made.axioms.length ? made.axioms.join(", ") : "none beyond the library"],
      ["Lean", `${made.lean_version} (${made.engine})${made.lean_commit ? `, commit ${made.lean_commit}` : ""}`],
      ["assumed", listed(made.assumed)],
      ["known bugs of this kernel", made.kernel_bugs.length ? made.kernel_bugs.join(", ") : ""],
      ["new declarations", made.new_declarations.length ? made.new_declarations.join(", ") : ""],
      ["other checkers", made.judgements.map((each) => `${each.judge}: ${each.outcome}`).join(", ")],
      ["seconds", ["challenge", "solution", "replay", "recheck", "whole"].filter((part) => typeof times[part] === "number").map((part) => `${part} ${times[part].toFixed(2)}`).join(", ")],
      ["made", made.made],
    ]),
    h("details", {}, h("summary", {}, "Hashes (SHA-256)"), table(["of", "hash"], hashes.filter((name) => made[name]).map((name) => [name.replace(/_sha256$/, "").replace(/_/g, " "), h("code", { class: "hash" }, made[name])]))));
}

function attempts(detail, row, result) {
  const before = Math.max(0, row.attempts - detail.tries.length);
  const lines = detail.tries.map((each, place) => [String(before + place + 1), number(each.budget), each.outcome ? outcome(each.outcome) : "at work, or killed",
    each.end, seconds(each.seconds), whole.format(each.candidates), each.worker, each.why]);
  const heads = ["", "budget, s", "outcome", "end", "seconds", "candidates", "worker", "why"];
  const used = heads.map((_, place) => place < 3 || lines.some((line) => line[place]));
  const keep = (line) => line.filter((_, place) => used[place]);
  const numbers = [1, 4, 5].filter((place) => used[place]).map((place) => used.slice(0, place).filter(Boolean).length);
  const asked = typeof result.lean_seconds === "number" ? h("p", { class: "dim" }, `The attempt that tells: ${seconds(result.lean_seconds)} s of Lean, ${plural(result.goals_seen, "goal")} seen, ${plural(result.timeouts, "tactic")} that took too long.`) : null;
  return section("Attempts", lines.length ? table(keep(heads), lines.map(keep), numbers) : h("p", { class: "dim" }, "None was begun."),
    before ? h("p", { class: "dim" }, `The last of ${plural(row.attempts, "attempt")}.`) : null, asked);
}

function calls(detail) {
  if (!detail.called) return null;
  const lines = detail.calls.map((call) => [call.purpose, call.model, `${whole.format(call.cost.input_tokens)} + ${whole.format(call.cost.output_tokens)}`, dollars(call.cost.dollars), seconds(call.seconds),
    call.failure ? h("span", { class: "said" }, call.failure) : h("details", {}, h("summary", {}, short(call.answer, 60) || "no answer"), h("pre", {}, call.answer))]);
  const left = detail.called - detail.calls.length;
  return section(plural(detail.called, "call") + " of models", table(["for", "model", "tokens in + out", "$", "seconds", "answer"], lines, [2, 3, 4]),
    left > 0 ? h("p", { class: "dim" }, `and ${whole.format(left)} more`) : null);
}

function failures(detail) {
  const kinds = detail.search?.failures || [];
  if (!kinds.length) return null;
  return section("How tactics failed here", table(["the tactic", "how often", "for example", "Lean"], kinds.map((each) => [each.kind, whole.format(each.count), h("code", {}, each.tactic), h("pre", { class: "said" }, each.reason)]), [1]));
}

function refused(detail) {
  if (!detail.refused.length) return null;
  return section("Scripts that the gate did not accept", detail.refused.map((why) => h("pre", { class: "said" }, why)));
}

class Sheet {
  constructor(rows, metrics) {
    this.rows = rows;
    this.metrics = metrics;
    this.details = new Details();
    this.dialog = byId("goal");
    this.body = byId("goal-body");
    byId("close").addEventListener("click", () => this.dialog.close());
    byId("before").addEventListener("click", () => this.step(-1));
    byId("after").addEventListener("click", () => this.step(1));
    this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) this.dialog.close(); });
    this.dialog.addEventListener("close", () => {
      byId("tip").hidden = true;
      history.replaceState(null, "", `${location.pathname}${location.search}#goals`);
      if (this.closed) this.closed(this.row);
    });
    this.dialog.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(".pane")) return;
      if (event.key === "ArrowLeft") this.step(-1);
      else if (event.key === "ArrowRight") this.step(1);
    });
  }

  step(way) {
    const { shown } = this.rows;
    const next = shown[shown.indexOf(this.row) + way];
    if (next) this.open(next);
  }

  async open(row) {
    this.row = row;
    const { label } = this.rows.runs[row.run];
    byId("goal-name").textContent = row.name || row.digest;
    byId("goal-outcome").replaceChildren(outcome(row.outcome));
    const at = this.rows.shown.indexOf(row);
    byId("before").disabled = at <= 0;
    byId("after").disabled = at < 0 || at + 1 >= this.rows.shown.length;
    history.replaceState(null, "", `#goal=${row.digest}${this.rows.runs.length > 1 ? `&run=${label}` : ""}`);
    if (!this.dialog.open) this.dialog.showModal();
    let detail;
    try {
      detail = await this.details.get(row.place);
    } catch (error) {
      this.body.replaceChildren(h("p", { class: "note" }, String(error.message || error)));
      return;
    }
    if (this.row === row) this.show(row, { ...detail, goal: detail.goal || {}, result: detail.result || {} });
  }

  show(row, detail) {
    const { result } = detail;
    const [search, tree] = treeOf(detail, byId("tip"));
    const cost = [row.tokens && `${whole.format(row.tokens)} tokens`, row.dollars && `$${dollars(row.dollars)}`].filter(Boolean).join(", ");
    const others = this.rows.others(row).map((other) => h("button", { type: "button", class: "other", click: () => this.open(other) },
      h("span", { class: "chip", style: runColor(other.run) }, this.rows.runs[other.run].label), outcome(other.outcome), `${seconds(other.seconds)} s`));
    const parts = [
      pairs([
        ["run", this.rows.runs.length > 1 ? h("span", {}, h("span", { class: "chip", style: runColor(row.run) }, this.rows.runs[row.run].label), ` ${this.rows.runs[row.run].name}`) : ""],
        ["seconds", `${seconds(row.seconds)}${row.needed !== null && row.needed !== row.seconds ? `, ${seconds(row.needed)} up to the proof` : ""}`],
        ["candidates", whole.format(row.candidates)],
        ["models", cost],
        ["digest", h("code", {}, row.digest)],
        ["in other runs", others.length ? others : ""],
      ]),
      whyNot(detail, row, this.rows), proofs(detail), search, quality(result, this.metrics), receipt(result.receipt),
      refused(detail), failures(detail), attempts(detail, row, result), calls(detail),
    ];
    this.body.replaceChildren(...parts.flat().filter(Boolean));
    byId("tip").hidden = true;
    this.body.parentElement.scrollTop = 0;
    if (tree) tree.begin();
    this.body.dataset.goal = row.digest;
  }
}
