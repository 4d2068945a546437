// Where is my message? What became of one message, as far as the server still knows.

import { h, put, table, facts, field, pill, moment, failure } from "./dom.js";
import { get } from "./api.js";
import { link, note } from "./navigation.js";
import { count, bytes, plural, ago, clockOf, dayOf } from "./format.js";

// In this order the parts of the bar and the pills are drawn.
const states = [
  ["confirmed", "confirmed", "good", "it has arrived: the client has answered a ping behind it"],
  ["underWay", "under way", "first", "sent, and not confirmed yet"],
  ["notSent", "not sent yet", "warn", "the session is behind, or its client reads slowly"],
  ["away", "away", "second", "the connection broke before it confirmed; the message waits there for the client to come back"],
  ["skipped", "skipped", "bad", "not sent to this session: its client cannot take it, or its time was up"],
  ["later", "came later", "mute", "began behind the message, and is not sent it"],
];

export function message(root, samples, about) {
  const word = h("input", { type: "text", value: about.word ?? "", required: true, autocomplete: "off", spellcheck: "false", autocapitalize: "none" });
  const found = h("section", { class: "stack", "aria-live": "polite" });
  put(root,
    h("div", { class: "heading" }, h("h1", {}, "Where is my message?")),
    h("form", { class: "panel row", onsubmit: (event) => { event.preventDefault(); find(); } },
      field("Idempotency-Key or id", word, "The key with which it was published, or its id as keker.v2 clients and event streams see it: 5c1f…:42"),
      h("button", { type: "submit" }, "Find")),
    found);
  if (about.word) find();
  else word.focus();

  async function find() {
    const text = word.value.trim();
    note({ word: text });
    try {
      show(await look(text));
    } catch (error) {
      put(found, failure(error));
    }
  }

  function show({ answered, places, more, now, known }) {
    put(found,
      answered ? accepted(answered, now) : null,
      places.map((place) => story(place, now, answered)),
      more ? h("p", { class: "told" }, "It is in more places; the first are shown.") : null,
      places.length === 0 ? nothing(answered, known) : null);
  }
}

// What looks like an id may be a key all the same.
async function look(text) {
  if (!/^[0-9a-f]{1,16}:\d{1,19}$/.test(text)) return get("/v1/console/message", { key: text });
  const byId = await get("/v1/console/message", { id: text });
  if (byId.places.length > 0) return byId;
  const byKey = await get("/v1/console/message", { key: text });
  return byKey.places.length > 0 || byKey.answered ? byKey : byId;
}

function nothing(answered, known) {
  const words = answered
    ? "It has left the log: everybody who was to have it has confirmed it, or its time was up. More is not known."
    : known === "left" ? "It has left the log: everybody who was to have it has confirmed it, or its time was up. More is not known any more."
    : known === "ahead" ? "No message has this id yet: the log of its token or topic is not so long."
    : "No longer known, or it never came. Keys are remembered for 2 minutes; a message is known as long as it is in a log.";
  return h("p", { class: "empty" }, words);
}

function accepted({ at, status, sessions, cached, received, pending }, now) {
  return h("div", { class: "panel" }, h("h2", {}, "Accepted"), facts([
    ["When", moment(clockOf(at), ago(at, now))],
    ["Answered", status === null ? "not yet: it is under way" : String(status)],
    ["Sessions it went to", count(sessions)],
    ["Waited for", cached === null ? null : plural(cached, "absent recipient")],
    received === null || received === undefined ? null : ["Confirmed when answered", `${count(received)} of ${count(sessions)}, ${count(pending)} pending`],
  ]));
}

function story(place, now, answered) {
  const kind = place.topic === undefined ? "token" : "topic";
  const counts = { ...place.sessions, away: place.away };
  const shown = states.filter(([name]) => counts[name] > 0);
  return h("article", { class: "panel story" },
    h("h2", {}, pill(kind, kind), " ", link("sessions", { [kind]: place[kind] }, h("code", {}, place[kind]))),
    h("p", { class: "verdict" }, verdict(place, counts, now)),
    shown.length > 0 ? h("div", { class: "bar", role: "img", "aria-label": shown.map(([name, text]) => `${text}: ${counts[name]}`).join(", ") },
      shown.map(([name, , color]) => grown(h("span", { class: color }), counts[name]))) : null,
    h("ul", { class: "legend" }, shown.map(([name, text, color, hint]) => h("li", { title: hint }, h("i", { class: color }), `${count(counts[name])} ${text}`))),
    facts([
      ["Id", h("code", {}, place.id)],
      answered ? null : ["Accepted", moment(clockOf(place.accepted), ago(place.accepted, now)), "of a message that has waited: when its recipient came"],
      ["Size", `${bytes(place.bytes)}, ${place.isText ? "text" : "bytes"}`],
      ["Its own time", place.expires === null ? "none given" : moment(`until ${dayOf(place.expires)}`, ago(place.expires, now))],
      place.key ? ["Idempotency-Key", h("code", {}, place.key)] : null,
    ]),
    place.list.length > 0 ? table("Sessions and what they have of it", columns, place.list) : null,
    place.list.length < total(counts) ? h("p", { class: "told" }, `${count(place.list.length)} of ${count(total(counts))} are listed, those first that have not confirmed.`) : null);
}

// One sentence that says it.
function verdict(place, counts, now) {
  const parts = [];
  if (counts.confirmed > 0 && counts.underWay + counts.notSent + counts.away === 0) parts.push(counts.confirmed === 1 ? "It has arrived." : `It has arrived at all ${count(counts.confirmed)} sessions.`);
  else if (counts.confirmed > 0) parts.push(`It has arrived at ${plural(counts.confirmed, "session")}.`);
  if (counts.underWay > 0) parts.push(`It is under way to ${plural(counts.underWay, "session")}: sent, not confirmed.`);
  if (counts.notSent > 0) parts.push(`${plural(counts.notSent, "session")} will be sent it when earlier messages are through.`);
  if (counts.away > 0) parts.push(`${plural(counts.away, "client")} lost the connection before confirming; it is held for them.`);
  if (place.waits) parts.push(`It waits for the recipient to come until ${clockOf(place.waitsUntil)} (${ago(place.waitsUntil, now)}).`);
  if (place.isKept) parts.push(`The topic keeps it for newcomers until ${dayOf(place.expires)} (${ago(place.expires, now)}).`);
  return parts.length > 0 ? parts.join(" ") : "Nobody is to have it any more: it is in the log until that is swept.";
}

const columns = [
  { name: "State", cell: (row) => { const [, text, color, hint] = states.find(([name]) => name === row.state); return h("span", { title: hint }, pill(text, color)); } },
  { name: "Token", cell: (row) => (row.token === null ? "–" : link("sessions", { token: row.token }, h("code", {}, row.token))) },
  { name: "Session", cell: (row) => (row.id ? link("session", { ...(row.token === null ? { topic: row.topic } : { token: row.token }), id: row.id }, h("code", {}, row.id)) : "–") },
  { name: "Mode", cell: (row) => row.mode ?? "–" },
  { name: "Address", cell: (row) => row.address ?? "–" },
  { name: "", cell: (row) => (row.until ? `held until ${clockOf(row.until)}` : "") },
];

function grown(element, share) {
  element.style.flexGrow = share;
  return element;
}

function total(counts) {
  return states.reduce((sum, [name]) => sum + (counts[name] ?? 0), 0);
}
