// The solve curves. plotly.js is in the page, compressed; its script is permitted by its hash.

const DASHES = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"];
const MOST_RATIO = 30;

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
// Names may hold what plotly takes for markup.
const unmarked = (text) => text.replace(/[&<>%{}]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const percent = (share) => `${Math.round(100 * share)}%`;

// Of each of `xs` up to `end`, the place of the last step that is not beyond it.
function stepsAt(steps, xs, end) {
  const found = [];
  let at = 0;
  for (const x of xs) {
    if (x > end) break;
    while (at + 1 < steps.length && steps[at + 1] <= x) at += 1;
    found.push(at);
  }
  return found;
}

class Curves {
  constructor(data) {
    this.curves = data.curves;
    this.runs = data.runs;
    this.place = byId("plot");
    this.axis = 0;
    this.log = null;
  }

  async begin() {
    const script = document.createElement("script");
    script.textContent = await unpack(byId("plotly").textContent);
    document.head.append(script);
    if (!globalThis.Plotly) throw new Error("plotly.js did not start");
    this.place.replaceChildren();
    this.controls();
    this.draw();
    for (const media of ["(prefers-color-scheme: dark)", "print"]) matchMedia(media).addEventListener("change", () => this.draw());
    new ResizeObserver(() => { if (this.place.clientWidth !== this.width) this.draw(); }).observe(this.place);
  }

  controls() {
    const choice = (curve, place) => h("label", {}, h("input", { type: "radio", name: "axis", checked: place === 0, change: () => this.set(place, null) }), h("span", {}, curve.title));
    this.box = h("input", { type: "checkbox", change: (event) => this.set(this.axis, event.target.checked) });
    byId("axes").replaceChildren(h("span", { class: "tabs" }, this.curves.map(choice)), h("label", { class: "check" }, this.box, "logarithmic"));
  }

  set(axis, log) {
    this.axis = axis;
    this.log = log;
    this.draw();
  }

  draw() {
    this.width = this.place.clientWidth;
    const curve = this.curves[this.axis];
    const later = curve.lines.flatMap((line) => line.at.filter((at) => at > 0));
    const [least, most] = [Math.min(...later), Math.max(...later)];
    const log = later.length > 0 && (this.log ?? most / least > MOST_RATIO);
    this.box.checked = log;
    const narrow = this.width < 520;
    const end = later.length ? most : 1;
    // All lines have a point at each place where one has a step, so that a pointer reads them off together; a
    // logarithmic axis has no zero to begin at.
    const xs = [log ? least / 1.25 : 0, ...Array.from(new Set(later)).sort((one, other) => one - other)];
    const free = curve.key === "dollars" || curve.key === "tokens"; // who pays nothing has what he has at any price
    const traces = curve.lines.flatMap((line, place) => this.traces(line, place, curve, xs, free ? Infinity : Math.max(...line.at)));
    Plotly.react(this.place, traces, this.layout(curve, log ? [Math.log10(xs[0]), Math.log10(end * 1.08)] : [0, end * 1.03], log, narrow), {
      displaylogo: false, responsive: false, displayModeBar: narrow ? false : "hover",
      modeBarButtons: [["toImage", "zoom2d", "pan2d", "resetScale2d"]],
    });
  }

  traces(line, place, curve, xs, end) {
    const color = css(`--run-${place % 6}`);
    const name = unmarked(this.runs.length > 1 ? `${this.runs[place].label} ${this.runs[place].name}` : this.runs[place].name);
    const found = stepsAt(line.at, xs, end);
    const x = xs.slice(0, found.length);
    const pick = (values) => found.map((at) => values[at]);
    const share = (at) => (line.of ? line.count[at] / line.of : 0);
    const said = found.map((at) => `${line.count[at]} of ${line.of}, ${percent(share(at))} (${percent(line.low[at])} to ${percent(line.high[at])})`);
    const edge = { type: "scatter", mode: "lines", x, line: { width: 0, shape: "hv", color }, hoverinfo: "skip", showlegend: false };
    return [
      { ...edge, y: pick(line.low) },
      { ...edge, y: pick(line.high), fill: "tonexty", fillcolor: `${color}26` },
      { type: "scatter", mode: "lines", name, x, y: found.map(share), line: { width: 2.5, shape: "hv", color, dash: DASHES[place % DASHES.length] },
        text: said, hovertemplate: `${this.runs.length > 1 ? `${name}: ` : ""}%{text}<extra></extra>` },
    ];
  }

  layout(curve, range, log, narrow) {
    const [ink, line] = [css("--ink"), css("--line")];
    const axis = { gridcolor: line, zeroline: false, linecolor: line, ticks: "outside", tickcolor: line, fixedrange: narrow };
    return {
      paper_bgcolor: css("--paper"), plot_bgcolor: css("--paper"), hovermode: "x unified", hoverdistance: -1,
      modebar: { bgcolor: "rgba(0,0,0,0)", color: css("--dim"), activecolor: ink },
      font: { family: css("--sans"), size: 13, color: ink },
      margin: { l: 58, r: 14, t: 10, b: 48 }, height: narrow ? 320 : 380, width: this.width,
      showlegend: this.runs.length > 1, legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", traceorder: "normal" },
      hoverlabel: { bgcolor: css("--card"), bordercolor: line, font: { color: ink, family: css("--sans") }, align: "left" },
      xaxis: { ...axis, showspikes: true, spikemode: "across", spikecolor: css("--dim"), spikethickness: 1, spikedash: "dot", title: { text: curve.axis, font: { size: 12, color: css("--dim") } }, hoverformat: ",.4~g", unifiedhovertitle: { text: `with %{x} ${curve.unit}` }, type: log ? "log" : "linear", range, ...(log ? { dtick: 1, minor: { ticks: "outside", tickcolor: line, ticklen: 3 } } : {}) },
      yaxis: { ...axis, tickformat: ".0%", range: [0, 1.02], title: { text: "goals proved", font: { size: 12, color: css("--dim") } } },
    };
  }
}
