// Goals solved over the time at work, as a line of steps.

import { count, duration, many, say } from "./draw.js";

const SVG = "http://www.w3.org/2000/svg";
const TIMES = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 604800];

function shape(tag, attributes, text) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

function ticks(most, wanted) {
  const rough = most / wanted;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((each) => each * size).find((each) => each >= rough));
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, place) => place * step);
}

function times(most, wanted) {
  const step = TIMES.find((each) => most / each <= wanted) ?? most / wanted;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, place) => place * step);
}

function points(view) {
  const { step, solved } = view.curve;
  const found = solved.map((number, place) => [Math.min((place + 1) * step, view.elapsed), number]);
  return [[0, 0], ...found, [view.elapsed, view.solved]];
}

export class Chart {
  constructor(box) {
    this.box = box;
    this.view = null;
    new ResizeObserver(() => this.draw()).observe(box);
    box.addEventListener("pointermove", (event) => this.point(event));
    box.addEventListener("pointerleave", () => this.leave());
  }

  show(view) {
    this.view = view;
    this.draw();
  }

  draw() {
    if (!this.view) return;
    const { elapsed, solved } = this.view;
    const width = this.box.clientWidth, height = this.box.clientHeight;
    const left = 12 + 7 * count(solved).length, bottom = 22, top = 8, right = 10;
    const most = Math.max(1, solved), span = Math.max(10, elapsed);
    this.x = (at) => left + ((width - left - right) * at) / span;
    this.y = (number) => height - bottom - ((height - bottom - top) * number) / most;
    this.at = (x) => ((x - left) * span) / (width - left - right);
    const said = `${many(solved, "goal")} solved in ${duration(elapsed)} of work`;
    const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": said });
    for (const tick of ticks(most, 4)) {
      const y = this.y(tick);
      svg.append(shape("line", { class: "grid", x1: left, x2: width - right, y1: y, y2: y }));
      svg.append(shape("text", { x: left - 6, y: y + 4, "text-anchor": "end" }, count(tick)));
    }
    for (const tick of times(span, width < 400 ? 3 : 6)) {
      const anchor = tick === 0 ? "start" : this.x(tick) > width - 30 ? "end" : "middle";
      svg.append(shape("text", { x: this.x(tick), y: height - 5, "text-anchor": anchor }, duration(tick)));
    }
    let line = `M${this.x(0)} ${this.y(0)}`;
    for (const [at, number] of points(this.view)) line += `H${this.x(at)}V${this.y(number)}`;
    svg.append(shape("path", { class: "area", d: `${line}V${this.y(0)}H${this.x(0)}Z` }));
    svg.append(shape("path", { class: "line", d: line }));
    this.here = shape("line", { class: "here", y1: top, y2: height - bottom, visibility: "hidden" });
    svg.append(this.here);
    this.box.replaceChildren(svg);
  }

  point(event) {
    if (!this.view) return;
    const at = Math.min(Math.max(0, this.at(event.clientX - this.box.getBoundingClientRect().left)), this.view.elapsed);
    const before = points(this.view).filter(([when]) => when <= at);
    say("chart-said", `after ${duration(at)}: ${count(before[before.length - 1][1])}`);
    this.here.setAttribute("x1", this.x(at));
    this.here.setAttribute("x2", this.x(at));
    this.here.setAttribute("visibility", "visible");
  }

  leave() {
    say("chart-said", "");
    if (this.here) this.here.setAttribute("visibility", "hidden");
  }
}
