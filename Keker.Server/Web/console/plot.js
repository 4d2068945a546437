// A line plot of one or two rows of numbers over time, drawn as SVG. Its colours are those of the style sheet, so that it follows dark and light by itself.

import { h, s, put } from "./dom.js";
import { clockOf, minuteOf } from "./format.js";

const height = 150;
const margin = { top: 10, right: 10, bottom: 22, left: 60 };

// More seconds than this between two samples are a hole: nobody knows what was in it.
const hole = 5;

export class Plot {
  #series;
  #format;
  #svg = s("svg", { class: "lines", "aria-hidden": "true" });
  #readout = h("p", { class: "readout", "aria-live": "off" });
  #figures;
  #times = [];
  #values = [];
  #span = 3600;
  #width = 0;
  #at = null;
  #onPoint;
  #base;

  // series: { name, kind, combine } each, of which kind is the class of its colours and combine says what stands for several samples: "mean" or "max". base: 1024 for bytes.
  constructor(title, hint, series, format, onPoint, base = 10) {
    this.#series = series;
    this.#format = format;
    this.#onPoint = onPoint;
    this.#base = base;
    this.#figures = series.map(() => h("strong", {}, "–"));
    this.root = h("figure", { class: "plot panel", tabindex: "0", onkeydown: (event) => this.#onKey(event), onblur: () => onPoint(null) },
      h("figcaption", {},
        h("h3", { title: hint }, title),
        h("div", { class: "now" }, series.map((each, i) => h("span", { class: `key ${each.kind}` }, series.length > 1 ? h("small", {}, each.name) : null, this.#figures[i])))),
      this.#svg, this.#readout);
    this.#svg.addEventListener("pointermove", (event) => onPoint(this.#timeAt(event.offsetX)));
    this.#svg.addEventListener("pointerleave", () => onPoint(null));
    this.#watcher.observe(this.#svg);
  }

  #watcher = new ResizeObserver(([entry]) => {
    this.#width = Math.floor(entry.contentRect.width);
    this.#draw();
  });

  end() {
    this.#watcher.disconnect();
  }

  // times in seconds; values a row of numbers for each series, null where there is none.
  update(times, values, span) {
    [this.#times, this.#values, this.#span] = [times, values, span];
    values.forEach((row, i) => put(this.#figures[i], this.#format(row.at(-1))));
    this.#describe();
    this.#draw();
  }

  // Shows what was at a time; null for now.
  point(time) {
    this.#at = time;
    this.#draw();
  }

  #describe() {
    const parts = this.#values.map((row, i) => `${this.#series[i].name} ${this.#format(row.at(-1))}, at most ${this.#format(largest(row))}`);
    this.root.setAttribute("aria-label", `${this.root.querySelector("h3").textContent}: ${parts.join("; ")}`);
  }

  #draw() {
    const inner = this.#width - margin.left - margin.right;
    if (inner < 40 || this.#times.length === 0) return;
    const end = this.#times.at(-1);
    const start = end - this.#span;
    const x = (time) => margin.left + ((time - start) / this.#span) * inner;
    const buckets = this.#values.map((row, i) => bucket(this.#times, row, start, end, Math.max(20, Math.floor(inner / 2)), this.#series[i].combine));
    const ticks = ticksTo(Math.max(0, ...buckets.flat().map((each) => each.value ?? 0)), this.#base);
    const top = ticks.at(-1);
    const bottom = height - margin.bottom;
    const y = (value) => bottom - (value / top) * (bottom - margin.top);
    this.#svg.setAttribute("viewBox", `0 0 ${this.#width} ${height}`);
    this.#svg.setAttribute("height", height);
    put(this.#svg,
      ticks.map((tick) => [
        s("line", { class: tick === 0 ? "base" : "grid", x1: margin.left, x2: this.#width - margin.right, y1: y(tick), y2: y(tick) }),
        s("text", { class: "tick", x: margin.left - 8, y: y(tick) + 4, "text-anchor": "end" }, this.#format(tick)),
      ]),
      timesBetween(start, end).map((time) => s("text", { class: "tick", x: x(time), y: height - 4, "text-anchor": "middle" }, minuteOf(time))),
      buckets.map((row, i) => {
        const runs = runsOf(row, this.#span, inner);

        // What never was has no colour that warns.
        const kind = row.some((each) => each.value > 0) ? this.#series[i].kind : "mute";
        return [
          i === 0 ? runs.map((run) => s("path", { class: `area ${kind}`, d: `${line(run, x, y)}L${x(run.at(-1).time).toFixed(1)} ${bottom}L${x(run[0].time).toFixed(1)} ${bottom}Z` })) : null,
          runs.map((run) => s("path", { class: `line ${kind}`, d: line(run, x, y) })),
        ];
      }),
      this.#cursor(x, y, bottom));
  }

  #cursor(x, y, bottom) {
    const index = this.#at === null ? -1 : nearest(this.#times, this.#at);
    this.#readout.classList.toggle("is-pointing", index >= 0);
    if (index < 0) {
      put(this.#readout);
      return null;
    }
    const time = this.#times[index];
    put(this.#readout, clockOf(time), this.#values.map((row, i) => ` · ${this.#series.length > 1 ? `${this.#series[i].name} ` : ""}${this.#format(row[index])}`));
    return [
      s("line", { class: "cursor", x1: x(time), x2: x(time), y1: margin.top, y2: bottom }),
      this.#values.map((row, i) => (row[index] === null ? null : s("circle", { class: `dot ${this.#series[i].kind}`, cx: x(time), cy: Math.max(margin.top, y(row[index])), r: 3.5 }))),
    ];
  }

  #timeAt(offset) {
    const inner = this.#width - margin.left - margin.right;
    return this.#times.length === 0 ? null : this.#times.at(-1) - this.#span * (1 - (offset - margin.left) / inner);
  }

  #onKey(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -60, PageDown: 60 }[event.key];
    if (event.key === "Escape") this.#onPoint(null);
    else if (event.key === "Home") this.#onPoint(this.#times[0]);
    else if (event.key === "End") this.#onPoint(this.#times.at(-1));
    else if (step && this.#times.length > 0) {
      const from = this.#at === null ? this.#times.length - 1 : nearest(this.#times, this.#at);
      this.#onPoint(this.#times[Math.max(0, Math.min(this.#times.length - 1, from + step))]);
    } else return;
    event.preventDefault();
    if (this.#at !== null) this.#readout.setAttribute("aria-live", "polite");
  }
}

// Round numbers from zero to the largest or above it.
function ticksTo(largestValue, base) {
  const value = largestValue || 1;
  const factors = base === 10 ? [1, 2, 5, 10] : [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
  const power = base ** Math.floor(Math.log(value / 3) / Math.log(base));
  const step = factors.map((factor) => factor * power).find((size) => size * 3 >= value * (1 - 1e-9)) ?? power * base;
  const count = Math.max(1, Math.ceil(value / step - 1e-9));
  return Array.from({ length: count + 1 }, (_, i) => i * step);
}

// A few round times.
function timesBetween(start, end) {
  const step = [60, 120, 300, 600, 900].find((size) => (end - start) / size <= 5) ?? 900;
  const times = [];
  for (let time = Math.ceil((start + step / 4) / step) * step; time <= end - step / 4; time += step) times.push(time);
  return times;
}

// What stands for the samples that fall on the same place. Places are counted from the end, so that the last one is whole.
function bucket(times, row, start, end, count, combine) {
  const size = Math.max(1, (end - start) / count);
  const buckets = [];
  for (let i = 0; i < times.length; i++) {
    if (times[i] < start || row[i] === null || row[i] === undefined) continue;
    const place = Math.floor((end - times[i]) / size);
    let last = buckets.at(-1);
    if (last?.place !== place) buckets.push(last = { place, time: times[i], value: combine === "max" ? 0 : null, sum: 0, samples: 0 });
    last.time = times[i];
    last.samples++;
    last.sum += row[i];
    last.value = combine === "max" ? Math.max(last.value, row[i]) : last.sum / last.samples;
  }
  return buckets;
}

// Parts of a line without a hole.
function runsOf(row, span, width) {
  const runs = [];
  const longest = Math.max(hole, (span / width) * 6);
  for (const each of row) {
    const run = runs.at(-1);
    if (run && each.time - run.at(-1).time <= longest) run.push(each);
    else runs.push([each]);
  }
  return runs.filter((run) => run.length > 0);
}

function line(run, x, y) {
  const points = run.length > 1 ? run : [{ ...run[0], time: run[0].time - 1 }, run[0]];
  return points.map((each, i) => `${i === 0 ? "M" : "L"}${x(each.time).toFixed(1)} ${y(each.value).toFixed(1)}`).join("");
}

function largest(row) {
  return row.reduce((most, value) => (value !== null && (most === null || value > most) ? value : most), null);
}

function nearest(times, time) {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low > 0 && time - times[low - 1] < times[low] - time ? low - 1 : low;
}
