// Makes elements. Text is always a text node, so that whatever a client says of itself is shown and never read as markup.

const svgNamespace = "http://www.w3.org/2000/svg";

// h("a", { class: "x", href: "#", onclick: f, data: { view: "v" } }, "text", child, ...)
export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function s(tag, attributes, ...children) {
  return fill(document.createElementNS(svgNamespace, tag), attributes, children);
}

// Puts children into an element in place of those that it has.
export function put(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter(isShown).map(nodeOf));
  return element;
}

// A table. Columns are { name, title, isNumber, cell(row) }; on a phone each cell tells its column, so the names go with the cells.
export function table(caption, columns, rows) {
  return h("div", { class: "scroll" },
    h("table", {},
      h("caption", { class: "unseen" }, caption),
      h("thead", {}, h("tr", {}, columns.map((column) =>
        h("th", { scope: "col", class: column.isNumber ? "number" : "", title: column.title }, column.name)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, columns.map((column) =>
        h("td", { class: column.isNumber ? "number" : "", data: { label: column.name } }, column.cell(row))))))));
}

// Pairs of a term and what it stands for.
export function facts(pairs) {
  return h("dl", { class: "facts" }, pairs.filter(Boolean).map(([term, value, title]) =>
    h("div", { title }, h("dt", {}, term), h("dd", {}, value ?? "–"))));
}

// A moment, and how far it is away, in a line below it.
export function moment(text, distance) {
  return [text, h("small", {}, distance)];
}

export function pill(text, kind = "") {
  return h("span", { class: `pill ${kind}` }, text);
}

// A labelled input. The hint is read together with it.
let inputs = 0;
export function field(label, input, hint) {
  const id = `field-${++inputs}`;
  input.id = id;
  if (hint) input.setAttribute("aria-describedby", `${id}-hint`);
  return h("div", { class: "field" }, h("label", { for: id }, label), input, hint ? h("small", { id: `${id}-hint` }, hint) : null);
}

// What is said of a failure, so that screen readers say it as well.
export function failure(error) {
  return h("p", { class: "failure", role: "alert" }, error instanceof Error ? error.message : String(error));
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter(isShown).map(nodeOf));
  return element;
}

function isShown(child) {
  return child !== undefined && child !== null && child !== false;
}

function nodeOf(child) {
  return child instanceof Node ? child : document.createTextNode(String(child));
}
