// The page: a stream of views from the server, each drawn over the one before.

import { Chart } from "./chart.js";
import {
  OUTCOMES, byId, bytes, clock, count, decimal, dollars, duration, keep, make, many, say,
} from "./draw.js";
import { Goals } from "./goals.js";

const chart = new Chart(byId("chart"));
const goals = new Goals();
const MOST_WORKING = 8;
const MOST_STEPS = 8;
let last = null;
let waited = 0;

// The token is in a cookie by now; nobody needs to see it over a shoulder or in a bookmark.
history.replaceState(null, "", "/");

const STATES = {
  "not-begun": ["starting", ""],
  running: ["running", "running"],
  gone: ["gone", "bad"],
  done: ["finished", "done"],
};

function show(view) {
  last = view;
  const key = view.state === "stopped" ? view.why : view.state;
  const [said, kind] = STATES[key] ?? [key.replaceAll("-", " "), "bad"];
  say("state", said);
  byId("state").dataset.state = kind;
  const name = view.run.split("/").filter(Boolean).pop() ?? view.run;
  say("run", name);
  say("about", [view.run === name ? "" : view.run, view.source, view.engine, ...view.models].filter(Boolean).join(" · "));
  document.title = `${share(view)} ${said} · ${name}`;
  notice(trouble(view));
  tiles(view);
  bar(view);
  chart.show(view);
  working(view);
  engines(view);
  latest(view);
  goals.show(view);
}

function share(view) {
  return view.total ? `${Math.floor((100 * view.solved) / view.total)}%` : `${count(view.solved)}`;
}

function trouble(view) {
  const found = [];
  if (view.trouble) found.push(`The journal cannot be read on: ${view.trouble}\nWhat is shown was read before.`);
  if (view.state === "gone") {
    found.push(`The batch is gone: its last sign of life was at ${clock(view.heard)}. The same command goes on.`);
  }
  if (view.state === "stopped" && view.why !== "done") found.push("It stopped before its end. The same command goes on.");
  if (view.read < 1 && !view.trouble) found.push(`Reading the journal: ${Math.floor(100 * view.read)} %`);
  if (view.bad_lines) found.push(`${many(view.bad_lines, "line")} of the source ${view.bad_lines === 1 ? "is" : "are"} no goal.`);
  return found.join("\n");
}

function notice(text, calm = false) {
  say("notice", text);
  byId("notice").hidden = !text;
  byId("notice").classList.toggle("calm", calm);
}

function tiles(view) {
  say("solved", view.total ? `${count(view.solved)} of ${count(view.total)}` : count(view.solved));
  const attempts = `${many(view.attempts, "attempt")}${view.lost ? `, ${count(view.lost)} lost` : ""}`;
  say("solved-more", view.total ? `${share(view)} · ${attempts}` : `of ${count(view.known)} seen so far · ${attempts}`);
  const running = view.state === "running";
  say("round", view.round ? `${view.round} of ${view.rounds}` : "–");
  const left = view.eta === null ? "too early to say how long" : view.eta === 0 ? "at its end" : `about ${duration(view.eta)} left`;
  const done = view.total && view.seen !== null ? `${count(view.seen)} of ${count(view.total)} done · ` : "";
  say("round-more", running ? done + left : view.state === "not-begun" ? "" : "none is running");
  say("pace", view.rate ? decimal(view.rate.solved_a_minute) : "–");
  say("pace-more", view.rate
    ? `solved a minute · ${decimal(view.rate.attempts_a_minute)} attempts, over ${duration(view.rate.seconds)}`
    : "too early to say");
  say("time", duration(view.elapsed));
  say("time-more", view.began ? `since ${clock(view.began)}` : "");
  const { cost } = view;
  say("money", view.calls || view.tokens ? (cost.dollars || !cost.unpriced_tokens ? dollars(cost.dollars) : "price unknown") : "none");
  say("money-more", view.calls || view.tokens
    ? `${many(view.calls, "call")} · ${many(view.tokens, "token")}${cost.unconfirmed_tokens ? ", some unconfirmed" : ""}`
    : "no model was asked");
}

function bar(view) {
  const total = Math.max(view.total ?? 0, view.known, 1);
  const parts = OUTCOMES.filter((outcome) => view.outcomes[outcome])
    .map((outcome) => ({ outcome, number: view.outcomes[outcome], said: outcome }));
  const box = byId("bar");
  keep(box, parts, (part) => part.outcome, (part) => outcomeNode("span", part.outcome), (node, part) => {
    node.style.width = `${(100 * part.number) / total}%`;
  });
  const rest = view.total ? view.total - view.known : 0;
  if (rest > 0) parts.push({ outcome: "rest", number: rest, said: "not reached yet" });
  box.setAttribute("aria-label", parts.map((part) => `${part.number} ${part.said}`).join(", "));
  keep(byId("legend"), parts, (part) => part.outcome, (part) => outcomeNode("li", part.outcome), (node, part) => {
    node.textContent = `${count(part.number)} ${part.said}`;
  });
}

function outcomeNode(tag, outcome) {
  const node = make(tag);
  node.dataset.outcome = outcome;
  return node;
}

function working(view) {
  const shown = view.working.slice(0, MOST_WORKING);
  const more = Math.max(0, view.at_work - shown.length);
  say("working-count", view.at_work ? count(view.at_work) : "");
  say("working-more", more ? `and ${count(more)} more` : "");
  byId("working-none").hidden = view.working.length > 0;
  say("working-none", view.state === "running" ? "Nothing has been heard of an attempt yet." : "Nothing is running.");
  keep(byId("working"), shown, (each) => each.attempt, attempt, (node, each) => {
    const [head, thin, way] = node.children;
    head.lastElementChild.textContent =
      `${decimal(each.seconds)} of ${decimal(each.budget_seconds)} s · ${many(each.candidates, "candidate")}` +
      ` · ${many(each.goals, "goal")} seen${each.worker ? ` · ${each.worker}` : ""}`;
    const done = each.budget_seconds > 0 ? Math.min(100, (100 * each.seconds) / each.budget_seconds) : 0;
    thin.firstElementChild.style.width = `${done}%`;
    const steps = each.path.slice(-MOST_STEPS).map((tactic) => ({ kind: "", text: tactic }));
    const before = each.left_out + each.path.length - steps.length;
    if (before) steps.unshift({ kind: "more", text: `${many(before, "tactic")} before` });
    if (each.target) steps.push({ kind: "target", text: `⊢ ${each.target}` });
    keep(way, steps.map((step, place) => ({ ...step, place })), (step) => step.place, () => make("li"), (item, step) => {
      item.className = step.kind;
      if (item.textContent !== step.text) item.textContent = step.text;
    });
  });
}

function attempt(each) {
  const head = make("p", "head", make("span", "name", each.name || each.digest.slice(0, 16)), make("span", "dim"));
  return make("li", "", head, make("div", "thin", make("span")), make("ol", "way"));
}

function engines(view) {
  const { workers } = view;
  byId("engines").hidden = !workers.length;
  byId("engines-none").hidden = workers.length > 0;
  say("engines-none", view.state === "running" ? "Nothing has been heard of them yet." : "None is running.");
  const sum = (name) => workers.reduce((total, worker) => total + (worker[name] ?? 0), 0);
  say("engines-said", workers.length ? `${count(sum("engines"))} · ${bytes(sum("memory_bytes"))}` : "");
  const place = (worker) => `${worker.worker || "this process"}${worker.host ? ` @ ${worker.host}` : ""}`;
  keep(byId("engines").tBodies[0], workers, (worker) => `${worker.worker} ${worker.pid}`, () => make("tr"), (row, worker) => {
    const cells = [
      place(worker), count(worker.engines), bytes(worker.memory_bytes), count(worker.started), count(worker.replaced),
      count(worker.bodies), duration(worker.lean_seconds),
    ];
    keep(row, cells.map((text, at) => ({ text, at })), (cell) => cell.at, () => make("td"), (node, cell) => {
      node.textContent = cell.text;
    });
    row.title = `process ${worker.pid}`;
  });
}

function latest(view) {
  byId("latest-none").hidden = view.latest.length > 0;
  keep(byId("latest"), view.latest, (solved) => solved.digest, (solved) => {
    const mark = make("span", "mark", solved.outcome);
    mark.dataset.outcome = solved.outcome;
    const spent = make("span", "dim", `${decimal(solved.seconds)} s · ${clock(solved.at)}`);
    const name = make("span", "name", solved.name || solved.digest.slice(0, 16));
    const head = make("p", "head", make("span", "", mark, name), spent);
    return make("li", "", head, make("pre", "", solved.proof.trim()));
  }, () => {});
}

function connect() {
  const source = new EventSource("/api/events");
  source.onmessage = (event) => {
    waited = 0;
    show(JSON.parse(event.data));
  };
  source.onerror = () => {
    source.close();
    lost();
  };
}

function lost() {
  const ended = last !== null && last.state === "stopped";
  if (!ended) {
    say("state", "no connection");
    byId("state").dataset.state = "bad";
  }
  if (ended) {
    const before = trouble(last);
    notice(`${before}${before && "\n"}The run has ended, and its server with it: this is how it stood at the end.`, !before);
  } else {
    notice("The connection is lost; what is shown may be old. Trying again.");
  }
  waited = Math.min(10, waited + 1);
  setTimeout(again, ended ? 10000 : 1000 * waited);
}

async function again() {
  try {
    const response = await fetch("/api/view");
    if (response.ok) {
      connect();
    } else if (response.status === 401) {
      notice("The server was started anew, with another token: open the address that it has printed.");
    } else {
      lost();
    }
  } catch {
    lost();
  }
}

connect();
