// What happens now and what happened in the last hour.

import { h, put, facts } from "./dom.js";
import { rate, compact, bytes, count, latency, duration } from "./format.js";
import { Plot } from "./plot.js";
import { warningsOf } from "./warnings.js";

const spans = [[300, "5 minutes"], [900, "15 minutes"], [3600, "1 hour"]];

// Seconds that are shown; null for as much as there is, until somebody chooses.
let chosen = null;

// name of the column, and how it is drawn. A total is drawn as what was added in a second.
const plots = [
  { title: "Published", hint: "messages accepted, a second", rows: [{ column: "published", isTotal: true, kind: "first" }], format: perSecond },
  { title: "Delivered", hint: "messages handed to the kernel, one for each session, a second", rows: [{ column: "delivered", isTotal: true, kind: "first" }], format: perSecond },
  {
    title: "Publish to send", hint: "from accepting a message to the last send of its pass",
    rows: [{ column: "p50", name: "p50", kind: "first", combine: "max" }, { column: "p99", name: "p99", kind: "second", combine: "max" }], format: latency,
  },
  { title: "Sessions", hint: "clients that have said HELLO, and event streams", rows: [{ column: "sessions", kind: "first" }], format: compact },
  { title: "Memory", hint: "what the process has in memory", rows: [{ column: "memory", kind: "first" }], format: bytes, base: 1024 },
  {
    title: "Turned away", hint: "refused connections, HELLOs and keys, and sessions closed as slow consumers, a second",
    rows: [{ column: "refusals", name: "refused", isTotal: true, kind: "warn", combine: "max" }, { column: "slow", name: "slow", isTotal: true, kind: "bad", combine: "max" }],
    format: perSecond,
  },
];

export function overview(root, samples) {
  const all = plots.map((each) => new Plot(each.title, each.hint, each.rows.map((row) => ({ name: each.title.toLowerCase(), combine: "mean", ...row })), each.format, point, each.base));
  const warnings = h("section", { class: "warnings", "aria-label": "Warnings" });
  const figures = h("section", { class: "panel figures", "aria-label": "Figures" });
  put(root,
    h("div", { class: "heading" }, h("h1", {}, "Overview"), spanChoice(update)),
    warnings,
    h("div", { class: "plots" }, all.map((plot) => plot.root)),
    figures);
  samples.addEventListener("change", update);
  update();
  return () => {
    samples.removeEventListener("change", update);
    all.forEach((plot) => plot.end());
  };

  function point(time) {
    all.forEach((plot) => plot.point(time));
  }

  function update() {
    const { rows, figures: now, settings } = samples;
    put(warnings, warningsOf(samples).map(warning));
    if (getSelection().isCollapsed) put(figures, figuresOf(rows.at(-1), now, settings, samples.now));
    if (rows.length === 0) return;
    const span = chosen ?? fitting(rows);
    for (const input of root.querySelectorAll(".choice input")) input.checked = Number(input.value) === span;
    const start = rows.at(-1).time - span - 2;
    const first = Math.max(0, rows.findIndex((row) => row.time >= start));
    const shown = rows.slice(first);
    const times = shown.map((row) => row.time);
    plots.forEach((plot, i) => all[i].update(times, plot.rows.map((row) => valuesOf(shown, row)), span));
  }
}

function spanChoice(update) {
  return h("fieldset", { class: "choice" }, h("legend", { class: "unseen" }, "Time shown"), spans.map(([seconds, text]) =>
    h("label", {}, h("input", {
      type: "radio", name: "span", value: seconds, onchange: () => { chosen = seconds; update(); },
    }), h("span", {}, text))));
}

// The shortest time that shows all there is.
function fitting(rows) {
  const age = rows.at(-1).time - rows[0].time;
  return spans.map(([seconds]) => seconds).find((seconds) => seconds >= age) ?? spans.at(-1)[0];
}

function valuesOf(rows, { column, isTotal }) {
  if (!isTotal) return rows.map((row) => row[column]);
  return rows.map((row, i) => {
    const before = rows[i - 1];

    // After a restart totals begin again.
    return before && row[column] >= before[column] && row.time > before.time ? (row[column] - before[column]) / (row.time - before.time) : i === 0 ? null : 0;
  });
}

function warning({ kind, text, action }) {
  return h("article", { class: `warning ${kind}` }, h("strong", {}, text), action ? h("p", {}, action) : null);
}

function figuresOf(row, now, settings, time) {
  if (!settings) return null;
  return facts([
    ["Version", settings.version],
    ["Running for", duration(time - settings.started)],
    ["Connections", count(row?.connections), "open connections of any kind"],
    ["Recipients", count(now?.recipients), "distinct tokens that have a session"],
    ["Topics", count(now?.topics), "topics by name that have a subscriber, or keep something"],
    ["Messages waiting or kept", count(now?.cachedNow), "for absent recipients, and for newcomers of topics"],
    ["Bytes waiting or kept", bytes(now?.cachedBytes)],
    ["Bytes in logs", bytes(now?.logBytes)],
    ["Clients away", count(now?.brokenPositions), "connections that broke and whose place is held"],
    ["Published in all", count(row?.published)],
    ["Delivered in all", count(row?.delivered)],
    ["Expired unseen", count(now?.expired), "messages whose time was up before a recipient came"],
    ["Unconfirmed and lost", count(now?.unconfirmedLost), "messages that no session had confirmed and that had to go before their time"],
    ["Failed requests", count(now?.failedRequests), "requests answered with 400 or above"],
    ["Protocol errors", count(now?.protocolErrors)],
    ["Memory limit", bytes(settings.memoryLimit)],
  ]);
}

function perSecond(number) {
  return `${rate(number)}/s`;
}
