// What the server was told, with what it takes where it was told nothing. Secrets are not in it.

import { h, put, table, facts, moment } from "./dom.js";
import { bytes, dayOf, duration } from "./format.js";

export function configuration(root, samples) {
  const { settings } = samples;
  put(root,
    h("div", { class: "heading" }, h("h1", {}, "Configuration")),
    h("div", { class: "panel" }, facts([
      ["Version", settings.version],
      ["Started", moment(dayOf(settings.started), `${duration(samples.now - settings.started)} ago`)],
      ["This page is served on", settings.isAdmin ? "the admin address" : "the public port, with a key"],
      ["Memory limit", bytes(settings.memoryLimit)],
      ["Certificate", settings.certificate ? `good until ${dayOf(settings.certificate.notAfter)}` : "none: plain connections"],
      ["History of the console", moment(duration(settings.history.seconds), `${bytes(settings.history.bytes)} of memory`)],
    ])),
    settings.warnings.length > 0 ? [
      h("h2", {}, "Warnings"),
      h("section", { class: "warnings" }, settings.warnings.map((text) => h("article", { class: "warning note" }, h("strong", {}, text)))),
    ] : null,
    h("h2", {}, "Options in force"),
    h("div", { class: "panel" }, table("Options in force", [
      { name: "Option", cell: (row) => h("code", {}, row.name) },
      { name: "Value", cell: (row) => h("code", { class: row.isDefault ? "mute" : "" }, row.value === "" ? "–" : row.value) },
      { name: "", cell: (row) => (row.isDefault ? h("span", { class: "mute" }, "default") : "set") },
    ], settings.options)));
}
