// The frame of the console: which view is shown, whether there is a key, and whether live data come.
//
// A view is a function (root, samples, about) that fills the root and may return what ends it.

import { put, h, field, failure } from "./dom.js";
import { hasKey, useKey, forgetKey, Refusal } from "./api.js";
import { go, onMove } from "./navigation.js";
import { Samples } from "./samples.js";
import { overview } from "./overview.js";
import { topics, sessions, session } from "./topics.js";
import { message } from "./message.js";
import { publish } from "./publish.js";
import { configuration } from "./configuration.js";

const views = { overview, topics, sessions, session, message, publish, configuration };
const titles = {
  overview: "Overview", topics: "Tokens and topics", sessions: "Sessions", session: "Session", message: "Where is my message?", publish: "Publish and watch",
  configuration: "Configuration",
};
const parents = { sessions: "topics", session: "topics" };

const main = document.querySelector("main");
const nav = document.querySelector("nav");
const live = document.querySelector("#live");
const forget = document.querySelector("#forget");
const samples = new Samples(onState);
let end = null;

function show(isMove) {
  end?.();
  end = null;
  if (!samples.settings) return askForKey();
  const name = location.hash.slice(1).split("?")[0];
  const view = Object.hasOwn(views, name) ? name : "overview";
  nav.hidden = false;
  forget.hidden = !hasKey();
  document.title = `${titles[view]} · Keker console`;
  for (const each of document.querySelectorAll("nav a")) {
    const isHere = each.dataset.view === (parents[view] ?? view);
    if (isHere) each.setAttribute("aria-current", "page");
    else each.removeAttribute("aria-current");

    // On a phone not all of them have room.
    if (isHere) nav.scrollLeft = each.offsetLeft - (nav.clientWidth - each.offsetWidth) / 2;
  }
  const root = h("div", { class: `view ${view}` });
  put(main, root);
  end = views[view](root, samples, history.state ?? {}) ?? null;
  if (!isMove) return;
  scrollTo(0, 0);
  if (!root.contains(document.activeElement)) main.focus({ preventScroll: true });
}

// Told by the live data: "locked" asks for a key, everything else is a word beside the navigation.
function onState(state, text) {
  live.dataset.state = state;
  live.textContent = text;
  if (state === "locked" && !main.querySelector(".unlock")) show(false);
}

function askForKey(error) {
  end?.();
  end = null;
  nav.hidden = true;
  forget.hidden = true;
  document.title = "Keker console";
  const key = h("input", { type: "password", autocomplete: "off", spellcheck: "false", autocapitalize: "none", required: true });
  const isKept = h("input", { type: "checkbox" });
  const button = h("button", { type: "submit" }, "Open the console");
  const told = h("div", {}, error ? failure(error) : null);
  const form = h("form", {
    class: "panel unlock",
    onsubmit: async (event) => {
      event.preventDefault();
      button.disabled = true;
      useKey(key.value.trim(), isKept.checked);
      try {
        await samples.start();
        show(true);
      } catch (refusal) {
        forgetKey();
        put(told, failure(explain(refusal)));
        button.disabled = false;
        key.select();
        key.focus();
      }
    },
  },
  h("h1", {}, "Keker console"),
  h("p", {}, "This server wants a key of ", h("code", {}, "--publish-key"), ". It stays in the memory of this page and is sent to this server only."),
  field("Publish key", key),
  h("label", { class: "check" }, isKept, "Keep it in this tab until the tab is closed"),
  told,
  button);
  put(main, form);
  key.focus();
}

function explain(refusal) {
  if (!(refusal instanceof Refusal)) return refusal;
  if (refusal.status === 401) return new Error("That is not a key of this server.");
  return refusal;
}

for (const each of document.querySelectorAll("a[data-view]")) {
  each.addEventListener("click", (event) => {
    event.preventDefault();
    if (samples.state !== "locked") go(each.dataset.view);
  });
}
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
forget.addEventListener("click", () => {
  forgetKey();
  samples.lock();
});
onMove(() => show(true));

try {
  await samples.start();
  show(false);
} catch (refusal) {
  if (refusal.status === 401) show(false);
  else askForKey(refusal);
}
