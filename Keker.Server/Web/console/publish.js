// Publish a message, and watch a topic. Both are what any backend and any page may do: whoever watches is a subscriber, and counts as one.

import { h, put, field, pill, failure } from "./dom.js";
import { ask, stream } from "./api.js";
import { link } from "./navigation.js";
import { bytes, clockOf } from "./format.js";

const mostEvents = 200;
const mostText = 4096;

export function publish(root, samples, about) {
  const watching = watch(samples);
  put(root,
    h("div", { class: "heading" }, h("h1", {}, "Publish and watch")),
    h("div", { class: "halves" }, sender(about), watching.root));
  return watching.end;
}

function sender(about) {
  const kind = h("select", {}, ["token", "topic"].map((each) => h("option", { value: each, selected: about[each] !== undefined }, each)));
  const name = word(about.token ?? about.topic ?? "", { required: true });
  const text = h("textarea", { rows: "4", spellcheck: "false" });
  const time = h("input", { type: "number", min: "0", step: "1", inputmode: "numeric" });
  const collapse = word("", { maxlength: "255" });
  const wait = h("input", { type: "number", min: "1", max: "30", step: "1", inputmode: "numeric" });
  const hasKey = h("input", { type: "checkbox", checked: true });
  const button = h("button", { type: "submit" }, "Publish");
  const told = h("div", { role: "status" });
  return h("form", { class: "panel", onsubmit: (event) => { event.preventDefault(); send(); } },
    h("h2", {}, "Publish"),
    h("div", { class: "row" }, field("To the", kind), field("Name", name)),
    field("Message", text),
    h("div", { class: "row" },
      field("TTL, seconds", time, "keeps it for who is not here"),
      field("Collapse-Key", collapse, "replaces an older one that waits"),
      field("Wait, seconds", wait, "for confirmations, 1 to 30")),
    h("label", { class: "check" }, hasKey, "With an Idempotency-Key, so that it can be found again"),
    h("div", { class: "buttons" }, button),
    told);

  async function send() {
    button.disabled = true;
    put(told, h("p", { class: "told" }, wait.value ? "Waiting for confirmations …" : "Publishing …"));
    const key = hasKey.checked ? `console-${crypto.getRandomValues(new Uint32Array(3)).join("-")}` : null;
    const body = { [kind.value]: name.value, data: text.value };
    if (time.value) body.ttl = Number(time.value);
    if (collapse.value) body.collapse_key = collapse.value;
    const headers = { "Content-Type": "application/vnd.keker+json" };
    if (wait.value) headers.Prefer = `wait=${wait.value}`;
    if (key) headers["Idempotency-Key"] = key;
    try {
      const { status, message, data } = await ask("POST", "/v1/publish", {}, { headers, body: JSON.stringify(body), mayFail: true });
      const isTaken = status < 300 || (status === 404 && data);
      put(told,
        h("p", { class: isTaken ? "done" : "failure" }, pill(String(status), status < 300 ? "good" : isTaken ? "warn" : "bad"), ` ${message}`),
        data ? h("p", { class: "told" }, Object.entries(data).map(([term, value]) => `${term}: ${value}`).join(" · ")) : null,
        key && isTaken ? h("p", {}, link("message", { word: key }, "Where is it?")) : null);
    } catch (error) {
      put(told, failure(error));
    }
    button.disabled = false;
  }
}

function watch() {
  const topic = word("", { required: true });
  const button = h("button", { type: "submit" }, "Watch");
  const told = h("p", { class: "told", role: "status" }, "A watcher is a subscriber of the topic and counts as one. Where nobody else is there, it takes what waits.");
  const list = h("ol", { class: "events" });
  let stopping = null;
  const root = h("form", { class: "panel", onsubmit: (event) => { event.preventDefault(); if (stopping) stop("Stopped."); else start(); } },
    h("h2", {}, "Watch"),
    h("div", { class: "row" }, field("Topic", topic), button),
    told, list);
  return { root, end: () => stop("") };

  async function start() {
    const own = stopping = new AbortController();
    const name = topic.value;
    put(list);
    button.textContent = "Stop";
    told.textContent = "Connecting …";
    try {
      await stream("/v1/console/watch", { topic: name }, own.signal, () => { told.textContent = `Watching ${name}.`; }, take);
      if (stopping === own) stop("The server has ended the stream.");
    } catch (error) {
      if (stopping === own) stop(error.message);
    }
  }

  function stop(text) {
    stopping?.abort();
    stopping = null;
    button.textContent = "Watch";
    told.textContent = text;
  }

  function take({ id, type, data }) {
    const isGap = type.startsWith("gap");
    list.prepend(h("li", { class: isGap ? "gap" : "" },
      h("small", {}, clockOf(Date.now() / 1000), id ? [" · ", h("code", {}, id)] : null, type.startsWith("binary") ? " · bytes, in base64" : null),
      h("pre", {}, isGap ? `messages are missing here: ${data}` : data.length > mostText ? `${data.slice(0, mostText)} … ${bytes(data.length)} in all` : data)));
    while (list.children.length > mostEvents) list.lastChild.remove();
  }
}

function word(value, attributes) {
  return h("input", { type: "text", value, autocomplete: "off", spellcheck: "false", autocapitalize: "none", ...attributes });
}
