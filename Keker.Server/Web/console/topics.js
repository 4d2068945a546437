// Who is here: tokens and topics by the beginning of their names, the sessions of one, and one session's life.

import { h, put, table, facts, field, pill, moment, failure } from "./dom.js";
import { get } from "./api.js";
import { link, note } from "./navigation.js";
import { count, bytes, plural, ago, dayOf, clockOf } from "./format.js";
import { askToLogOut } from "./logout.js";

const often = 2000;

export function topics(root, samples, about) {
  const prefix = h("input", { type: "search", value: about.prefix ?? "", autocomplete: "off", spellcheck: "false", autocapitalize: "none" });
  const kind = h("select", {}, [["", "tokens and topics"], ["token", "tokens"], ["topic", "topics"]].map(([value, text]) =>
    h("option", { value, selected: value === (about.kind ?? "") }, text)));
  const found = h("section", { class: "stack", "aria-live": "polite" });
  put(root,
    h("div", { class: "heading" }, h("h1", {}, "Tokens and topics")),
    h("form", { class: "panel row", onsubmit: (event) => { event.preventDefault(); search(); } },
      field("Name or its beginning", prefix), field("Among", kind), h("button", { type: "submit" }, "Search")),
    found);
  search();

  async function search() {
    note({ prefix: prefix.value, kind: kind.value });
    try {
      show(await get("/v1/console/topics", { prefix: prefix.value, kind: kind.value }));
    } catch (error) {
      put(found, failure(error));
    }
  }

  function show({ matches, topics: rows }) {
    if (rows.length === 0) return put(found, h("p", { class: "empty" }, prefix.value ? "Nobody is here by that name, and nothing is kept for it." : "Nobody is here yet."));
    put(found,
      h("p", { class: "told" }, matches > rows.length
        ? `${count(matches)} match; these ${count(rows.length)} have most sessions. Type more of the name.` : `${plural(matches, "match", "matches")}.`),
      h("div", { class: "panel" }, table("Tokens and topics found", columnsOfTopics, rows)));
  }
}

const columnsOfTopics = [
  { name: "Name", cell: (row) => [pill(kindOf(row), kindOf(row)), " ", link("sessions", aboutOf(row), code(nameOf(row)))] },
  { name: "Sessions", isNumber: true, cell: (row) => count(row.sessions) },
  { name: "Away", isNumber: true, title: "connections that broke and whose place is held", cell: (row) => count(row.away) },
  { name: "Waiting", isNumber: true, title: "messages that wait for the recipient", cell: (row) => withBytes(row.waiting, row.waitingBytes) },
  { name: "Kept", isNumber: true, title: "messages that the topic keeps for newcomers", cell: (row) => withBytes(row.kept, row.keptBytes) },
  { name: "In the log", isNumber: true, title: "messages that somebody may still need", cell: (row) => withBytes(row.logMessages, row.logBytes) },
  { name: "Published", isNumber: true, title: "since the log was made", cell: (row) => count(row.head) },
];

export function sessions(root, samples, about) {
  return live(root, about, async (shown) => {
    const { topic, sessions: rows, more } = await get("/v1/console/sessions", about);
    put(shown,
      heading(about, topic && rows.length > 0 ? h("button", { type: "button", class: "danger", onclick: () => askToLogOut(about, topic.sessions, root) },
        topic.sessions > 1 ? "Log all out …" : "Log out …") : null),
      topic ? h("div", { class: "panel" }, facts([
        ["Sessions", count(topic.sessions)], ["Away", count(topic.away)], ["Waiting", withBytes(topic.waiting, topic.waitingBytes)],
        ["Kept", withBytes(topic.kept, topic.keptBytes)], ["In the log", withBytes(topic.logMessages, topic.logBytes)], ["Published", count(topic.head)],
        ["Id of the last message", code(topic.last)],
      ])) : h("p", { class: "empty" }, "Nobody is here by that name, and nothing is kept for it."),
      rows.length > 0 ? h("div", { class: "panel" }, table("Sessions", columnsOfSessions(about), rows)) : null,
      more ? h("p", { class: "told" }, `The first ${count(rows.length)} are shown.`) : null);
  });
}

function columnsOfSessions(about) {
  return [
    { name: "Session", cell: (row) => link("session", { ...aboutOfSession(row, about), id: row.id }, code(row.id)) },
    about.topic ? { name: "Token", cell: (row) => (row.token === null ? "–" : link("sessions", { token: row.token }, code(row.token))) } : null,
    { name: "Mode", cell: (row) => pill(row.mode) },
    { name: "Here since", cell: (row) => h("time", { datetime: row.since }, dayOf(Date.parse(row.since) / 1000)) },
    { name: "Address", cell: (row) => row.address ?? "–" },
    { name: "Lag", isNumber: true, title: "messages not sent to it yet", cell: (row) => count(row.lag) },
    { name: "User agent", cell: (row) => h("span", { class: "agent", title: row.user_agent }, row.user_agent ?? "–") },
  ].filter(Boolean);
}

export function session(root, samples, about) {
  return live(root, about, async (shown) => {
    const { sessions: rows, now } = await get("/v1/console/sessions", about);
    const row = rows[0];
    if (!row) {
      return put(shown, heading(about, null), h("p", { class: "empty" }, "This session has ended."));
    }
    put(shown,
      heading(about, h("button", { type: "button", class: "danger", onclick: () => askToLogOut(about, 1, root) }, "Log out …"), row.id),
      h("div", { class: "panel" }, facts([
        ["Token", row.token === null ? "none: topics only" : link("sessions", { token: row.token }, code(row.token))],
        ["Mode", row.mode],
        ["Here since", moment(dayOf(Date.parse(row.since) / 1000), ago(Date.parse(row.since) / 1000, now))],
        ["Address", row.address ?? "none (a unix socket)"],
        ["User agent", row.user_agent ?? "not told"],
        ["Last pong", pongOf(row, now)],
        ["Unacknowledged", bytes(row.unacknowledgedBytes), "bytes that the kernel has and the peer's TCP does not"],
        row.closing ? ["Closing", row.closing] : null,
      ])),
      h("h2", {}, "Where it stands"),
      h("div", { class: "panel" }, table("Subscriptions", columnsOfSubscriptions, row.subscriptions)));
  });
}

const columnsOfSubscriptions = [
  { name: "Of", cell: (row) => (row.kind === "broadcast" ? "the broadcast" : [pill(row.kind, row.kind), " ", link("sessions", { [row.kind]: row.name }, code(row.name))]) },
  { name: "Cursor", isNumber: true, title: "the next message that it is sent", cell: (row) => count(row.cursor) },
  { name: "Confirmed", isNumber: true, title: "all before this has arrived", cell: (row) => count(row.confirmed) },
  { name: "Head", isNumber: true, title: "where the log ends", cell: (row) => count(row.head) },
  { name: "Under way", isNumber: true, title: "sent, and not confirmed", cell: (row) => (row.confirmed === null ? "–" : count(Math.max(0, row.cursor - row.confirmed))) },
  { name: "Lag", isNumber: true, title: "not sent yet", cell: (row) => withBytes(row.lag, row.lagBytes) },
];

function pongOf({ mode, pingedAt, unansweredSince }, now) {
  if (mode === "event-stream") return "event streams answer none; what TCP acknowledges counts";
  if (unansweredSince !== null) return `owed: the ping of ${ago(unansweredSince, now)} is not answered`;
  return pingedAt === null ? "no ping was sent yet" : moment(`answers the ping of ${clockOf(pingedAt)}`, ago(pingedAt, now));
}

// Shows something anew as long as its view is open and looked at, and not while somebody reads a dialog or has marked something to copy it.
function live(root, about, show) {
  const shown = h("div", { class: "stack" });
  put(root, shown);
  let timer = 0;
  let isOver = false;
  next();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };

  async function next() {
    if (!document.hidden && !document.querySelector("dialog[open]") && getSelection().isCollapsed) {
      const focused = focusIn(shown);
      try {
        if (!isOver) await show(shown);
      } catch (error) {
        if (!isOver) put(shown, heading(about, null), failure(error));
      }
      focused();
    }
    if (!isOver) timer = setTimeout(next, often);
  }
}

// What had the focus gets it again once its place is filled anew.
function focusIn(element) {
  const all = () => [...element.querySelectorAll("a, button, input, select")];
  const place = all().indexOf(document.activeElement);
  const text = document.activeElement?.textContent;
  return () => {
    if (place < 0 || element.contains(document.activeElement)) return;
    const candidates = all();
    (candidates[place]?.textContent === text ? candidates[place] : candidates.find((each) => each.textContent === text))?.focus();
  };
}

function heading(about, action, id) {
  const kind = about.topic === undefined ? "token" : "topic";
  return h("div", { class: "heading" },
    h("h1", {}, id ? "Session " : kind === "token" ? "Token " : "Topic ", code(id ?? about[kind] ?? "")),
    action);
}

function kindOf(row) {
  return row.token === undefined ? "topic" : "token";
}

function nameOf(row) {
  return row.token ?? row.topic;
}

function aboutOf(row) {
  return { [kindOf(row)]: nameOf(row) };
}

function aboutOfSession(row, about) {
  return row.token === null ? { topic: about.topic } : { token: row.token };
}

function withBytes(number, size) {
  return number > 0 && size > 0 ? `${count(number)} (${bytes(size)})` : count(number);
}

function code(text) {
  return h("code", {}, text);
}
