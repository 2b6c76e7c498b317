// The picture of a search: what was looked at, what failed, and the way that the proof takes.

const STATUS = { proved: "✓", open: "○", failed: "✗" };
const MARGIN = 24;
const ZOOM = { least: 0.2, most: 2.5, step: 1.25 };

// The small second line of a goal.
function note(node) {
  const { goal } = node;
  const parts = [node.taken ? "in the proof" : goal.status];
  if (goal.status === "open") parts.push(`value ${goal.value.toFixed(2)}`);
  if (goal.failed) parts.push(`${plural(goal.failed, "tactic")} failed`);
  return parts.join(" · ");
}

const classes = (node) => `node ${node.kind} ${node.status}${node.taken ? " taken" : ""}`;

function drawnNode(node) {
  const { x, y } = node;
  const goal = node.kind === "goal";
  const mark = goal ? STATUS[node.status] : node.below.length ? "" : node.status === "proved" ? "∎" : "";
  const shape = s("rect", { x, y, width: node.width, height: node.height, rx: goal ? 9 : 3 });
  const texts = goal
    ? [s("text", { class: "mark", x: x + 10, y: y + 18 }, mark), s("text", { x: x + 26, y: y + 17 }, node.label), s("text", { class: "small", x: x + 26, y: y + 33 }, note(node))]
    : [s("text", { x: x + 11, y: y + 17 }, node.label), mark && s("text", { class: "mark end", x: x + node.width + 8, y: y + 17 }, mark)];
  const said = goal ? `goal: ${short(node.goal.target, 200)}; ${note(node)}` : `tactic: ${short(node.step.tactic, 200)}; ${node.status}`;
  node.drawn = s("g", { class: classes(node), role: "button", tabindex: -1, "aria-label": said }, shape, texts);
  return node.drawn;
}

// To a neighbour: all that one node leads to leave it along one line.
function elbow(x1, y1, x2, y2) {
  const middle = x2 - GAP.across / 2;
  const round = Math.min(8, Math.abs(y2 - y1) / 2);
  const way = Math.sign(y2 - y1);
  return `M${x1} ${y1}H${middle - round}Q${middle} ${y1} ${middle} ${y1 + way * round}V${y2 - way * round}Q${middle} ${y2} ${middle + round} ${y2}H${x2}`;
}

function curve(x1, y1, x2, y2) {
  const bend = Math.min(60, (x2 - x1) / 2);
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

function drawnEdge(one, other) {
  const [x1, y1] = [one.x + one.width, one.y + one.height / 2];
  const [x2, y2] = [other.x, other.y + other.height / 2];
  const path = other.column - one.column === 1 ? elbow(x1, y1, x2, y2) : curve(x1, y1, x2, y2);
  const taken = one.taken && other.taken && (one.kind === "step" || other.step.taken);
  const status = one.kind === "step" ? one.status : other.status;
  return s("path", { class: `edge ${status}${taken ? " taken" : ""}${other.parent === one ? "" : " again"}`, d: path });
}

// What there is to say of a node, for the tooltip and below the picture.
function told(node) {
  if (node.kind === "step") {
    const { step } = node;
    const leaves = step.children.length ? `leaves ${plural(step.children.length, "goal")}` : "closes the goal";
    return [
      h("p", { class: "head" }, h("b", {}, "Tactic"), ` ${node.status}${node.taken ? ", taken by the proof" : ""}, ${leaves}${step.origin ? `; proposed by ${step.origin}` : ""}`),
      lean(step.tactic),
    ];
  }
  const { goal } = node;
  const ways = node.above.length > 1 ? `, ${node.above.length} steps lead here` : "";
  const left = goal.failed - goal.examples.length;
  return [
    h("p", { class: "head" }, h("b", {}, "Goal"), ` ${note(node)}, depth ${goal.depth}${ways}`),
    state(goal.text || goal.target),
    goal.examples.map((failed) => h("div", { class: "failed" }, h("p", {}, h("span", { class: "cross", "aria-hidden": "true" }, "✗ "), h("code", {}, failed.tactic)), failed.reason === "fails" ? null : h("pre", { class: "said" }, failed.reason))),
    goal.examples.length && left > 0 ? h("p", { class: "dim" }, `and ${whole.format(left)} more that failed`) : null,
  ];
}

function legend() {
  const sample = (name, kind, status, taken, mark) => {
    const rect = s("rect", { x: 2, y: 2, width: 30, height: 16, rx: kind === "goal" ? 6 : 2 });
    const text = mark ? s("text", { class: "mark", x: 12, y: 14 }, mark) : null;
    return h("span", {}, s("svg", { width: 34, height: 20, "aria-hidden": "true" }, s("g", { class: `node ${kind} ${status}${taken ? " taken" : ""}` }, rect, text)), name);
  };
  return h("div", { class: "legend" },
    sample("goal, proved", "goal", "proved", false, "✓"), sample("open", "goal", "open", false, "○"), sample("failed", "goal", "failed", false, "✗"),
    sample("tactic", "step", "open", false, ""), sample("thick: the way the proof takes", "step", "proved", true, ""), h("span", {}, h("b", {}, "∎"), " closes its goal"));
}

class Tree {
  constructor(search, tip) {
    this.tip = tip;
    this.plan = layout(search);
    const { nodes } = this.plan;
    this.width = this.plan.width + 2 * MARGIN;
    this.height = this.plan.height + 2 * MARGIN;
    const edges = nodes.flatMap((node) => node.below.map((child) => drawnEdge(node, child)));
    edges.sort((one, other) => one.classList.contains("taken") - other.classList.contains("taken"));
    const layers = s("g", { transform: `translate(${MARGIN} ${MARGIN})` }, edges, nodes.map(drawnNode));
    this.svg = s("svg", { viewBox: `0 0 ${this.width} ${this.height}`, role: "group", "aria-label": "The search, from left to right" }, layers);
    this.pane = h("div", { class: "pane" }, this.svg);
    this.about = h("div", { class: "about", "aria-live": "polite" });
    const button = (label, name, act) => h("button", { type: "button", title: name, "aria-label": name, click: act }, label);
    this.element = h("div", { class: "tree" },
      h("div", { class: "tools" }, button("−", "Smaller (−)", () => this.scale(1 / ZOOM.step)), button("+", "Larger (+)", () => this.scale(ZOOM.step)),
        button("fit", "All of it (0)", () => this.fit()), h("span", { class: "dim keys" }, "drag moves, arrow keys walk, Ctrl and the wheel zoom")),
      this.pane, legend(), this.about);
    this.nodeOf = new Map(nodes.map((node) => [node.drawn, node]));
    this.listen();
  }

  // After it is in the document, where it has a size.
  begin() {
    this.zoom = 1;
    const { clientWidth, clientHeight } = this.pane;
    const fits = Math.min(clientWidth / this.width, Math.max(clientHeight, 320) / this.height);
    this.scaleTo(Math.min(1, Math.max(0.8, fits)));
    const { root } = this.plan;
    this.pane.scrollTop = (root.y + MARGIN) * this.zoom - clientHeight / 2;
    this.current = root;
    root.drawn.setAttribute("tabindex", 0);
    this.tell(root);
  }

  fit() {
    this.scaleTo(Math.min(this.pane.clientWidth / this.width, this.pane.clientHeight / this.height, 1));
  }

  scale(factor, x = this.pane.clientWidth / 2, y = this.pane.clientHeight / 2) {
    const [left, top] = [(this.pane.scrollLeft + x) / this.zoom, (this.pane.scrollTop + y) / this.zoom];
    this.scaleTo(this.zoom * factor);
    this.pane.scrollLeft = left * this.zoom - x;
    this.pane.scrollTop = top * this.zoom - y;
  }

  scaleTo(zoom) {
    this.zoom = Math.max(ZOOM.least, Math.min(ZOOM.most, zoom));
    this.svg.setAttribute("width", this.width * this.zoom);
    this.svg.setAttribute("height", this.height * this.zoom);
  }

  tell(node) {
    for (const other of this.nodeOf.keys()) other.classList.toggle("chosen", other === node.drawn);
    this.about.replaceChildren(...told(node).flat().filter(Boolean));
  }

  listen() {
    const nodeAt = (event) => this.nodeOf.get(event.target.closest?.(".node"));
    this.svg.addEventListener("pointerover", (event) => {
      const node = nodeAt(event);
      if (node && event.pointerType !== "touch" && !this.dragged) this.hover(node);
      else this.tip.hidden = true;
    });
    this.svg.addEventListener("pointerleave", () => { this.tip.hidden = true; });
    this.pane.addEventListener("scroll", () => { this.tip.hidden = true; }, { passive: true });
    this.svg.addEventListener("focusin", (event) => { if (nodeAt(event)) this.walk(nodeAt(event), false); });
    this.svg.addEventListener("click", (event) => {
      if (nodeAt(event) && !this.moved) this.walk(nodeAt(event), true);
    });
    this.svg.addEventListener("keydown", (event) => this.key(event));
    this.pane.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = this.pane.getBoundingClientRect();
      this.scale(event.deltaY < 0 ? ZOOM.step : 1 / ZOOM.step, event.clientX - box.left, event.clientY - box.top);
    }, { passive: false });
    this.drag();
  }

  drag() {
    this.pane.addEventListener("pointerdown", (event) => {
      this.moved = false;
      if (event.pointerType === "touch" || event.button) return;
      this.dragged = { x: event.clientX, y: event.clientY, left: this.pane.scrollLeft, top: this.pane.scrollTop };
    });
    this.pane.addEventListener("pointermove", (event) => {
      if (!this.dragged) return;
      const [x, y] = [event.clientX - this.dragged.x, event.clientY - this.dragged.y];
      if (Math.abs(x) + Math.abs(y) < 4) return;
      if (!this.moved) this.pane.setPointerCapture(event.pointerId);
      this.moved = true;
      this.pane.classList.add("moving");
      this.pane.scrollLeft = this.dragged.left - x;
      this.pane.scrollTop = this.dragged.top - y;
    });
    for (const end of ["pointerup", "pointercancel"]) {
      this.pane.addEventListener(end, () => {
        this.dragged = null;
        this.pane.classList.remove("moving");
      });
    }
  }

  hover(node) {
    this.tip.replaceChildren(...told(node).flat().filter(Boolean));
    this.tip.hidden = false;
    const box = node.drawn.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = this.tip;
    const below = box.bottom + 8 + offsetHeight <= innerHeight;
    this.tip.style.left = `${Math.max(8, Math.min(box.left, innerWidth - offsetWidth - 8))}px`;
    this.tip.style.top = `${below ? box.bottom + 8 : Math.max(8, box.top - offsetHeight - 8)}px`;
  }

  walk(node, focus) {
    this.current.drawn.setAttribute("tabindex", -1);
    node.drawn.setAttribute("tabindex", 0);
    this.current = node;
    this.tell(node);
    this.reveal(node);
    if (focus) node.drawn.focus({ preventScroll: true });
  }

  reveal(node) {
    const { pane, zoom } = this;
    const show = (start, size, from, room) => (start < from ? start - 12 : start + size > from + room ? Math.min(start - 12, start + size - room + 12) : from);
    pane.scrollLeft = show((node.x + MARGIN) * zoom, node.width * zoom, pane.scrollLeft, pane.clientWidth);
    pane.scrollTop = show((node.y + MARGIN) * zoom, node.height * zoom, pane.scrollTop, pane.clientHeight);
  }

  key(event) {
    const node = this.current;
    const column = this.plan.nodes.filter((other) => other.column === node.column).sort((one, other) => one.y - other.y);
    const beside = (way) => column[column.indexOf(node) + way];
    const moves = { ArrowRight: () => node.below[0], ArrowLeft: () => node.parent, ArrowDown: () => beside(1), ArrowUp: () => beside(-1), Home: () => this.plan.root };
    const zooms = { "+": () => this.scale(ZOOM.step), "=": () => this.scale(ZOOM.step), "-": () => this.scale(1 / ZOOM.step), 0: () => this.fit() };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in moves) {
      const next = moves[event.key]();
      if (next) this.walk(next, true);
    } else if (event.key in zooms) zooms[event.key]();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
