// Talks to the server that this page came from, with the key that the person has typed. The key is kept in this variable and nowhere else, unless the person
// wants it kept for this tab.

const place = "keker-console-key";
let key = sessionStorage.getItem(place) ?? "";

// An answer that is no success: what the server says of it is the message.
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export function hasKey() {
  return key !== "";
}

export function useKey(given, isKept) {
  key = given;
  if (isKept) sessionStorage.setItem(place, key);
  else sessionStorage.removeItem(place);
}

export function forgetKey() {
  useKey("", false);
}

// The data of an answer.
export async function get(path, parameters) {
  return (await ask("GET", path, parameters)).data;
}

// The whole answer, with its status; a refusal is not thrown where the caller wants to show it.
export async function ask(method, path, parameters, { headers = {}, body, mayFail = false, signal } = {}) {
  const response = await open(method, path, parameters, { headers, body, signal });
  const answer = await response.json().catch(() => ({ message: `${response.status} ${response.statusText}`, data: null }));
  if (!response.ok && !mayFail) throw new Refusal(response.status, answer.message);
  return { status: response.status, message: answer.message, data: answer.data };
}

// Reads an event stream until it ends or the signal says so. EventSource cannot send a key. onOpen is called with the first bytes that may be read.
export async function stream(path, parameters, signal, onOpen, onEvent) {
  const response = await open("GET", path, parameters, { headers: { Accept: "text/event-stream" }, signal });
  if (!response.ok) {
    const answer = await response.json().catch(() => ({ message: `${response.status} ${response.statusText}` }));
    throw new Refusal(response.status, answer.message);
  }
  onOpen();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) tell(block, onEvent);
  }
}

// One event (WHATWG HTML 9.2.6), as far as the server writes them.
function tell(block, onEvent) {
  const event = { id: "", type: "message", data: [] };
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const value = line.slice(colon + 1).replace(/^ /, "");
    const name = line.slice(0, colon);
    if (name === "data") event.data.push(value);
    else if (name === "id") event.id = value;
    else if (name === "event") event.type = value;
  }
  if (event.data.length > 0) onEvent({ ...event, data: event.data.join("\n") });
}

async function open(method, path, parameters, { headers, body, signal }) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters ?? {})) {
    if (value !== undefined && value !== null && value !== "") query.append(name, value);
  }

  // The server takes a plus sign for a plus sign.
  const text = query.toString().replaceAll("+", "%20");
  const all = key ? { ...headers, Authorization: `Bearer ${key}` } : headers;
  try {
    return await fetch(text ? `${path}?${text}` : path, {
      method, body, signal, headers: all, cache: "no-store", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(0, /ISO-8859-1|ByteString|Invalid (name|value)/i.test(error.message)
      ? "a header takes ASCII only: this word cannot be sent in one" : "the server does not answer");
  }
}
