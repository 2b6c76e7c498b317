// The goals as the page knows them at once, and which of them are shown in which order.

const FIELDS = ["run", "digest", "name", "outcome", "seconds", "needed", "candidates", "attempts", "dollars", "tokens",
  "length", "why", "kind", "failures", "statement"];
const collator = new Intl.Collator("en", { numeric: true });
const ORDER = ["proved", "refuted", "partial", "unproved", "undecided", "error", "open"];

class Rows {
  constructor(data) {
    this.runs = data.runs;
    this.kinds = data.kinds;
    this.failures = data.failures;
    this.sets = data.sets.map((set) => ({ ...set, runs: new Set(set.runs), digests: new Set(set.digests) }));
    this.all = data.rows.map((values, place) => {
      const row = Object.fromEntries(FIELDS.map((field, i) => [field, values[i]]));
      row.place = place;
      row.text = `${row.name}\n${row.statement}\n${row.why}`.toLowerCase();
      row.failing = new Set(row.failures.map(([kind]) => kind));
      return row;
    });
    this.sort = { field: "", down: false };
    this.filter = { text: "", outcome: "", kind: "", failure: "", run: "", set: "" };
    this.shown = this.all;
  }

  // Apply filter and order; the same filter and order give the same list, whatever was shown before.
  update() {
    const { text, outcome, kind, failure, run, set } = this.filter;
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = set === "" ? null : this.sets[set];
    this.shown = this.all.filter((row) =>
      (outcome === "" || row.outcome === outcome) &&
      (kind === "" || this.kinds[row.kind] === kind) &&
      (failure === "" || row.failing.has(this.failures.indexOf(failure))) &&
      (run === "" || row.run === Number(run)) &&
      (wanted === null || (wanted.runs.has(row.run) && wanted.digests.has(row.digest))) &&
      words.every((word) => row.text.includes(word) || (word.length >= 6 && row.digest.startsWith(word))));
    const { field, down } = this.sort;
    if (field) {
      const sign = down ? -1 : 1;
      this.shown.sort((one, other) => compare(one[field], other[field], field, sign) || one.place - other.place);
    }
  }

  // The row of a goal by the beginning of its digest, in the run with that label if one is named.
  find(digest, label) {
    const fits = (row) => row.digest.startsWith(digest.slice(0, row.digest.length)) &&
      (!label || this.runs[row.run].label === label);
    return digest ? this.all.find(fits) : undefined;
  }

  others(row) {
    return this.all.filter((other) => other.digest === row.digest && other !== row);
  }
}

// What is not known comes last, whichever way the rest is sorted.
function compare(one, other, field, sign) {
  if (one === null || other === null) return (one === null) - (other === null);
  if (field === "outcome") return sign * (ORDER.indexOf(one) - ORDER.indexOf(other));
  if (typeof one === "string") return sign * collator.compare(one, other);
  return sign * (one - other);
}
