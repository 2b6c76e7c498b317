// Where goals and steps stand: from left to right, each behind all that lead to it, and no box upon another.

const GOAL = { height: 42, pad: 34, most: 46, letter: "12px" };
const STEP = { height: 26, pad: 22, most: 40, letter: "12px" };
const GAP = { across: 46, down: 10 };

const brush = document.createElement("canvas").getContext("2d");

function width(text, kind, font) {
  brush.font = `${kind.letter} ${font}`;
  return Math.ceil(brush.measureText(text).width) + kind.pad;
}

function short(text, most) {
  const line = Array.from(text.replace(/\s+/g, " ").trim());
  return line.length <= most ? line.join("") : `${line.slice(0, most - 1).join("")}…`;
}

// The nodes of a search: goals by id, and every step under its goal, what the proof takes first, then what the search
// thought most of.
function nodesOf(search) {
  const goals = new Map(search.goals.map((goal) => [goal.id, { kind: "goal", goal, status: goal.status, taken: false, below: [], above: [] }]));
  const steps = search.steps.filter((step) => goals.has(step.goal)).map((step) => ({ kind: "step", step, status: step.status, taken: step.taken, below: [], above: [] }));
  const rank = (node) => (node.taken ? 0 : node.status === "proved" ? 1 : node.status === "open" ? 2 : 3);
  const value = (node) => node.step.children.reduce((product, child) => product * (goals.get(child)?.goal.value ?? 1), 1);
  steps.sort((one, other) => rank(one) - rank(other) || value(other) - value(one));
  const link = (one, other) => {
    one.below.push(other);
    other.above.push(one);
  };
  for (const node of steps) {
    link(goals.get(node.step.goal), node);
    for (const child of new Set(node.step.children)) if (goals.has(child)) link(node, goals.get(child));
  }
  for (const node of steps) {
    if (!node.taken) continue;
    goals.get(node.step.goal).taken = true;
    for (const child of node.below) child.taken = true;
  }
  return goals.get(search.goals[0].id);
}

// Every node under `root`, each before those below it. What a journal says is a graph without cycles; should one come
// all the same, the edge that closes it is left out.
function ordered(root) {
  const done = [];
  const state = new Map([[root, "open"]]);
  const way = [[root, 0]];
  while (way.length) {
    const top = way[way.length - 1];
    const [node, at] = top;
    if (at === node.below.length) {
      state.set(node, "done");
      done.push(node);
      way.pop();
      continue;
    }
    const child = node.below[at];
    if (state.get(child) === "open") {
      node.below.splice(at, 1);
      child.above.splice(child.above.indexOf(node), 1);
      continue;
    }
    top[1] += 1;
    if (!state.has(child)) {
      state.set(child, "open");
      way.push([child, 0]);
    }
  }
  return done.reverse();
}

// Gives every node `x`, `y`, `width`, `height`, and `parent`, the first that leads to it; returns them with the size.
function layout(search) {
  const root = nodesOf(search);
  const nodes = ordered(root);
  for (const node of nodes) node.column = 0;
  for (const node of nodes) for (const child of node.below) child.column = Math.max(child.column, node.column + 1);
  const widths = [];
  const font = getComputedStyle(document.documentElement).getPropertyValue("--mono");
  for (const node of nodes) {
    const kind = node.kind === "goal" ? GOAL : STEP;
    const text = node.kind === "goal" ? node.goal.target || "no target" : node.step.tactic;
    node.label = short(text, kind.most);
    node.width = Math.max(width(node.label, kind, font), node.kind === "goal" ? width(note(node), { ...GOAL, letter: "10px" }, font) : 0);
    node.height = kind.height;
    widths[node.column] = Math.max(widths[node.column] || 0, node.width);
  }
  const lefts = widths.map((_, column) => widths.slice(0, column).reduce((sum, each) => sum + each + GAP.across, 0));
  for (const node of nodes) node.x = lefts[node.column];
  place(root, widths.length);
  const top = Math.min(...nodes.map((node) => node.y));
  for (const node of nodes) node.y -= top;
  return {
    root,
    nodes,
    width: Math.max(...nodes.map((node) => node.x + node.width)),
    height: Math.max(...nodes.map((node) => node.y + node.height)),
  };
}

// Every node belongs to the first that leads to it, what the proof takes before all others.
function own(node) {
  node.owned = node.below.filter((child) => child.parent === undefined);
  for (const child of node.owned) child.parent = node;
  for (const child of node.owned) own(child);
}

// The proof stands on top, close together; what else was looked at stands below it. Children come first; a node stands
// beside the first of its own, and its whole subtree moves down where another box is in the way.
function place(root, columns) {
  root.parent = null;
  own(root);
  const bottoms = [];
  const visit = (node, wanted) => {
    const mine = node.owned.filter(wanted);
    const subtree = [node, ...mine.flatMap((child) => visit(child, wanted))];
    const free = (bottoms[node.column] ?? -GAP.down) + GAP.down;
    node.y = mine.length ? mine[0].y + (mine[0].height - node.height) / 2 : free;
    const down = Math.max(0, free - node.y);
    if (down) for (const moved of subtree) moved.y += down;
    for (const moved of subtree) bottoms[moved.column] = Math.max(bottoms[moved.column] ?? -Infinity, moved.y + moved.height);
    return subtree;
  };
  if (!root.taken) {
    visit(root, () => true);
    return;
  }
  const proof = visit(root, (child) => child.taken);
  const floor = Math.max(...proof.map((node) => node.y + node.height));
  for (let column = 0; column < columns; column += 1) bottoms[column] = floor + GAP.down;
  for (const node of proof) for (const child of node.owned) if (!child.taken) visit(child, () => true);
}
