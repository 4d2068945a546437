// Asks before somebody is logged out, and does it.

import { h, put, field, failure } from "./dom.js";
import { ask } from "./api.js";
import { plural } from "./format.js";

const times = [["", "may come back at once"], ["60", "refused for a minute"], ["3600", "refused for an hour"], ["86400", "refused for a day"]];

// about: { token | topic, id? }. sessions: how many it is about, as far as is known.
export function askToLogOut(about, sessions, root) {
  const told = h("div", {});
  const reason = h("input", { type: "text", maxlength: "120", placeholder: "logged out", autocomplete: "off" });
  const refuse = h("select", {}, times.map(([value, text]) => h("option", { value }, text)));
  const confirm = h("button", { type: "submit", class: "danger" }, "Log out");
  const dialog = h("dialog", { "aria-labelledby": "logout-title", onclose: () => dialog.remove() },
    h("form", { onsubmit: (event) => { event.preventDefault(); logOut(); } },
      h("h2", { id: "logout-title" }, about.id ? "Log out this session?" : `Log out ${plural(sessions, "session")}?`),
      h("p", {}, about.id ? "Session " : about.token === undefined ? "Everybody in topic " : "Everybody with token ", h("code", {}, about.id ?? about.token ?? about.topic),
        " is closed with 4403, which tells clients not to come back by themselves."),
      field("Reason that they are told", reason),
      about.token === undefined ? null : field("The token", refuse, "While it is refused, no session of this token comes in, whichever device it is."),
      told,
      h("div", { class: "buttons" }, h("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Cancel"), confirm)));
  root.ownerDocument.querySelector("#overlay").append(dialog);
  dialog.showModal();

  async function logOut() {
    confirm.disabled = true;
    try {
      const { data } = await ask("DELETE", "/v1/sessions", { ...about, reason: reason.value, refuse: refuse.value });
      put(told, h("p", { class: "done", role: "status" }, `${plural(data.sessions, "session")} logged out.`));
      confirm.replaceWith(h("button", { type: "button", autofocus: true, onclick: () => dialog.close() }, "Close"));
      dialog.querySelector("button[autofocus]").focus();
    } catch (error) {
      put(told, failure(error));
      confirm.disabled = false;
    }
  }
}
