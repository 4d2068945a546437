// What an operator should look at, each with what to do.

import { bytes, plural, dayOf, duration } from "./format.js";

// How far back something counts as new.
const recent = 300;

export function warningsOf(samples) {
  const { settings, figures, rows, state } = samples;
  if (!settings) return [];
  return [
    ...troubles(rows, figures),
    ...certificate(settings, samples.now),
    ...(state === "waiting" && rows.length > 0 ? [{ kind: "warn", text: "No live data", action: "The server does not answer. This page tries again by itself." }] : []),
    ...settings.warnings.map((text) => ({ kind: "note", text, action: null })),
  ];
}

function troubles(rows, figures) {
  const found = [];
  if (figures?.draining) {
    found.push({ kind: "warn", text: "The server is draining", action: "It was told to stop: it lets sessions have what is published, sends them elsewhere, and ends." });
  }
  if (figures && figures.pressure !== "none") {
    found.push({
      kind: figures.pressure === "hard" ? "bad" : "warn",
      text: `Memory is short: ${bytes(rows.at(-1)?.memory)} in use`,
      action: "New subscribers and publishes are refused with 503. Raise the memory limit of the service, or lower --cache-memory, --cache-size or --max-connections.",
    });
  }
  const refusals = grown(rows, "refusals");
  if (refusals > 0) {
    found.push({
      kind: "warn", text: `${plural(refusals, "refusal")} in the last 5 minutes${reasonsOf(figures)}`,
      action: "Connections, HELLOs or keys were refused. Look at /v1/stats for the reasons; --verbose DEBUG logs each.",
    });
  }
  const slow = grown(rows, "slow");
  if (slow > 0) {
    found.push({
      kind: "warn", text: `${plural(slow, "session")} closed as too slow in the last 5 minutes`,
      action: "They fell more than --lag behind. They come back by themselves; where it happens all the time, publish less to them, or raise --lag.",
    });
  }
  const lost = grown(rows, "lost");
  if (lost > 0) {
    found.push({
      kind: "bad", text: `${plural(lost, "unconfirmed message")} lost in the last 5 minutes`,
      action: "There was no room to keep them for clients that are away. Raise --cache-size for one token or topic, --cache-memory for all.",
    });
  }
  const errors = grown(rows, "errors");
  if (errors > 0) {
    found.push({ kind: "bad", text: `${plural(errors, "internal error")} in the last 5 minutes`, action: "Each cost one connection at the most. The log has the place: please report it." });
  }
  return found;
}

function certificate(settings, now) {
  const ends = settings.certificate?.notAfter;
  if (!ends || ends - now > 14 * 86400) return [];
  return [ends <= now
    ? { kind: "bad", text: `The certificate has ended on ${dayOf(ends)}`, action: "Clients are turned away. Put a new one in its place and send SIGHUP." }
    : { kind: "warn", text: `The certificate ends in ${duration(ends - now)}, on ${dayOf(ends)}`, action: "Put a new one in its place and send SIGHUP: sessions go on." }];
}

// What a total has grown by lately. A smaller one is that of a new process.
function grown(rows, column) {
  const last = rows.at(-1);
  if (!last) return 0;
  const first = rows.find((row) => row.time >= last.time - recent && row[column] <= last[column]);
  return first ? last[column] - first[column] : 0;
}

function reasonsOf(figures) {
  const reasons = Object.entries(figures?.refusals ?? {}).filter(([, number]) => number > 0).sort(([, a], [, b]) => b - a).slice(0, 3);
  return reasons.length > 0 ? ` (since the start: ${reasons.map(([reason, number]) => `${reason} ${number}`).join(", ")})` : "";
}
