// The list of goals: asked for page by page, and again when something has changed.

import { OUTCOMES, byId, count, decimal, dollars, keep, make, many, say, wholeText } from "./draw.js";

const ROWS = 20;
const LEAST_MS = 2000;

export class Goals {
  constructor() {
    this.outcome = "";
    this.offset = 0;
    this.total = 0;
    this.open = new Set();
    this.asked = 0;
    this.counts = "";
    byId("filter").addEventListener("submit", (event) => event.preventDefault());
    byId("text").addEventListener("input", () => this.from(0));
    byId("back").addEventListener("click", () => this.from(Math.max(0, this.offset - ROWS)));
    byId("next").addEventListener("click", () => this.from(this.offset + ROWS));
  }

  // A new view: the list may have changed with the counts, and is asked for anew, though not with every goal.
  show(view) {
    const counts = JSON.stringify([view.outcomes, view.attempts]);
    this.chips(view);
    if (counts === this.counts) return;
    this.counts = counts;
    this.later ??= setTimeout(() => this.ask(), Math.max(0, this.asked + LEAST_MS - Date.now()));
  }

  chips(view) {
    const all = { outcome: "", said: `all ${count(view.known)}` };
    const some = OUTCOMES.filter((outcome) => view.outcomes[outcome] || outcome === this.outcome).map((outcome) => ({
      outcome,
      said: `${outcome} ${count(view.outcomes[outcome])}`,
    }));
    keep(byId("outcomes"), [all, ...some], (item) => item.outcome, (item) => this.chip(item), (node, item) => {
      node.textContent = item.said;
      node.setAttribute("aria-pressed", String(item.outcome === this.outcome));
    });
  }

  chip(item) {
    const node = make("button", "chip");
    node.type = "button";
    node.dataset.outcome = item.outcome;
    node.addEventListener("click", () => {
      this.outcome = item.outcome;
      for (const chip of byId("outcomes").children) chip.setAttribute("aria-pressed", String(chip === node));
      this.from(0);
    });
    return node;
  }

  from(offset) {
    this.offset = offset;
    this.ask();
  }

  async ask() {
    clearTimeout(this.later);
    this.later = undefined;
    const turn = (this.asked = Math.max(Date.now(), this.asked + 1));
    const query = new URLSearchParams({
      outcome: this.outcome, text: byId("text").value.trim(), offset: this.offset, limit: ROWS,
    });
    const found = await answer(`/api/goals?${query}`);
    if (!found || turn !== this.asked) return;
    if (!found.goals.length && found.total) {
      this.from(Math.floor((found.total - 1) / ROWS) * ROWS);
      return;
    }
    this.draw(found);
  }

  draw({ offset, total, goals }) {
    say("goals-said", many(total, "goal"));
    byId("goals-none").hidden = total > 0;
    say("page-said", total > ROWS ? `${count(offset + 1)} to ${count(offset + goals.length)}` : "");
    byId("back").parentElement.hidden = total <= ROWS;
    byId("back").disabled = offset === 0;
    byId("next").disabled = offset + goals.length >= total;
    keep(byId("goals"), goals, (goal) => goal.digest, (goal) => this.row(goal), (node, goal) => this.update(node, goal));
  }

  row(goal) {
    const name = make("span", "name", goal.name || goal.digest.slice(0, 16));
    const button = make("button", "row", name, make("span", "dim why"), make("span", "mark"), make("span", "dim spent"));
    button.type = "button";
    const detail = make("div", "detail");
    button.addEventListener("click", () => this.toggle(goal.digest, button, detail));
    this.expand(goal.digest, button, detail);
    return make("li", "", button, detail);
  }

  update(node, goal) {
    const [, why, mark, spent] = node.firstElementChild.children;
    why.textContent = reason(goal);
    mark.textContent = goal.outcome;
    mark.dataset.outcome = goal.outcome;
    spent.textContent = goal.attempts ? `${many(goal.attempts, "try", "tries")}, ${decimal(goal.seconds)} s` : "";
    const state = `${goal.outcome} ${goal.attempts} ${goal.seconds}`;
    if (node.dataset.state !== state && this.open.has(goal.digest)) this.fill(goal.digest, node.lastElementChild);
    node.dataset.state = state;
  }

  toggle(digest, button, detail) {
    if (!this.open.delete(digest)) {
      this.open.add(digest);
      this.fill(digest, detail);
    }
    this.expand(digest, button, detail);
  }

  expand(digest, button, detail) {
    button.setAttribute("aria-expanded", String(this.open.has(digest)));
    detail.hidden = !this.open.has(digest);
  }

  async fill(digest, detail) {
    const found = await answer(`/api/goal/${encodeURIComponent(digest)}`);
    if (!found) return;
    const { goal, statement, proof } = found;
    const facts = [many(goal.attempts, "attempt"), `${decimal(goal.seconds)} s`, many(goal.candidates, "candidate")];
    if (goal.tried) facts.push(`at most ${decimal(goal.tried)} s in one`);
    if (goal.lost) facts.push(`${count(goal.lost)} lost`);
    if (goal.tokens) facts.push(`${many(goal.tokens, "token")}, ${dollars(goal.dollars)}`);
    detail.replaceChildren(make("p", "dim", facts.join(" · ")));
    if (goal.origin && goal.origin !== goal.name) detail.append(make("p", "dim", goal.origin));
    const text = wholeText(goal.outcome, statement, proof);
    if (text) detail.append(make("pre", "", text));
    if (reason(goal)) detail.append(make("pre", "", reason(goal)));
  }
}

// Why a goal has no answer; one that has needs no reason.
const reason = (goal) => (goal.outcome === "proved" || goal.outcome === "refuted" ? "" : goal.why);

async function answer(address) {
  try {
    const response = await fetch(address);
    return response.ok ? await response.json() : null;
  } catch {
    return null; // the page says that the connection is lost
  }
}
