// Leads from view to view. What a view is about (a token, say) is in the state of the history entry and not in the address: tokens can be secrets, and addresses
// are kept by browsers and sent around.

import { h } from "./dom.js";

let show = () => {};

// Who shows a view, told its name and what it is about.
export function onMove(shows) {
  show = shows;
  addEventListener("popstate", () => show());
}

// Leads to a view, as a link does.
export function go(view, about = {}) {
  history.pushState(about, "", `#${view}`);
  show();
}

// Notes what the view shown is about now, so that it is the same when somebody comes back to it.
export function note(about) {
  history.replaceState(about, "");
}

// A link to a view. It works with the keyboard as any link, in this tab: another one has no key.
export function link(view, about, ...children) {
  return h("a", { href: `#${view}`, onclick: (event) => { event.preventDefault(); go(view, about); } }, ...children);
}
