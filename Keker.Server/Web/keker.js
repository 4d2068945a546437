// Keker in a page, a worker, Node 22 or Deno: messages over a WebSocket (sub-protocol keker.v2), each once and in order, across every break of the
// connection that the server can bridge. What it offers is in keker.d.ts, what the server says is in the manual (pages.md).
//
// kekerd serves it without comments, indentation and spaces around punctuation, in less than 3 KiB gzipped. So write no comment behind code and no
// text of several lines, and end each statement with a semicolon. Times are milliseconds.

// What is kept over a reload has a name, another one for each object of the page.
const names = new Set();

// An id is epoch:offset, hexadecimal and decimal. An event stream with topics has a list of such, all in base 36.
const recode = (id, from, to) =>
  id.split(":").map((part, i) => [...part].reduce((sum, digit) => sum * from[i] + BigInt(parseInt(digit, 36)), 0n).toString(to[i])).join(":");

// An exception of the application is shown where its other ones are, and stops nothing here.
const report = error => (globalThis.reportError ?? console.error)(error);

// A handler may come or go in a handler.
function run(handlers = [], ...values) {
  for (const handler of [...handlers]) {
    try {
      handler(...values)?.catch?.(report);
    } catch (error) {
      report(error);
    }
  }
}

export function Keker(url, { token }) {
  const listeners = {};
  // Topic -> its handlers, and the link on which the server has said OK. What comes before that is of an earlier subscription.
  const topics = new Map();
  // Topic, or "-" for the client's own messages -> id of the last one that was handled.
  let ids = new Map();
  let name;
  let state = "waiting";
  // The connection, or the attempt at one. What wakes up and finds another one here has been left behind.
  let link = {};
  let timer, renewal;
  let failures = 0;
  // How many WebSockets have come to nothing; none counts any more, once one was welcome in this network.
  let unopened = 0;
  // Ends the interest in what happens to the page.
  const page = new AbortController();

  // ---- One connection after the other

  async function connect() {
    drop();
    const mine = link;
    wait(10e3, retry);
    set("connecting");
    try {
      mine.token = await ask();
      if (mine !== link) return;
      wait(10e3, retry);
      if (unopened > 2) await stream(mine);
      else open(mine);
    } catch (error) {
      if (mine !== link) return;
      fail(error);
      retry();
    }
  }

  const ask = async () => (token.call ? await token() : token).trim();

  function open(mine) {
    unopened++;
    const socket = mine.socket = new WebSocket(url.replace(/^http/, "ws"), "keker.v2");
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket.send(`HELLO ${mine.token} ${ids.get("-") ?? ""}`);
    socket.onmessage = ({ data }) => take(data);
    socket.onclose = ({ code, reason }) => ended(code, reason);
    // Node says no more than that of one that never opened.
    socket.onerror = () => wait(1e3, retry);
    mine.leave = code => {
      // A dead network never says that a socket has closed: nobody listens to this one any more.
      socket.onmessage = socket.onclose = socket.onerror = null;
      socket.close(code);
    };
  }

  // The server has ended it. After some codes the same would happen again: the fault is the client's, or the server does not want it. And a token that
  // cannot be asked for anew does not get better.
  function ended(code, reason) {
    if (!/100[23789]|4403/.test(code) && (code !== 4401 || token.call)) return retry();
    fail(code + " " + reason, code);
    finish();
  }

  // Tries again after a random time: clients that have lost the same server do not come back in step.
  function retry() {
    if (link.isStream && !link.since) unopened = 0;
    if (Date.now() - link.since > 10e3) failures = 0;
    drop();
    wait(Math.random() * Math.min(30e3, 1e3 * 2 ** failures++), connect);
    set("waiting");
  }

  // Any code from 3000 on leaves the messages wanted.
  function drop(code = 3000) {
    clearTimeout(timer);
    clearTimeout(renewal);
    const { leave } = link;
    link = {};
    leave?.(code);
  }

  function finish(code) {
    drop(code);
    page.abort();
    names.delete(name);
    set("closed");
  }

  function connected(mine) {
    mine.since = mine.heard = Date.now();
    watch();
    try {
      // A JWT says when it ends: another one is asked for before. Not all the time where clocks differ, and not later than a timer can be.
      const { exp } = JSON.parse(atob(mine.token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
      const renew = () => ask().then(next => mine === link && send("HELLO " + (mine.token = next)), fail);
      if (exp) renewal = setTimeout(renew, Math.min(Math.max(900 * exp - 0.9 * Date.now(), 60e3), 2e9));
    } catch {}
    set("connected");
  }

  // ---- Is it alive?

  // A stream has a comment every 30 s, unless the server's --timeout is unusual. A timer that fires late has slept, and the network with it.
  function watch() {
    link.ping = 0;
    const quiet = link.isStream ? 65e3 : 25e3;
    const due = Math.min(Date.now() + 5e3, link.heard + quiet);
    wait(due - Date.now(), () => {
      const now = Date.now();
      // After five minutes WebSocket gets one attempt; if it fails, streams it is again.
      if (link.isStream && now - link.since > 300e3) unopened = 2;
      if (now - link.heard >= quiet || unopened === 2) ping(5e3, retry);
      else if (link.socket && Math.abs(now - due) > 5e3) ping(2e3, connect);
      else watch();
    });
  }

  // A stream cannot be asked: it is opened again, which loses nothing.
  function ping(time, then) {
    if (link.isStream) return connect();
    link.ping = Date.now();
    send("PING " + link.ping);
    wait(time, then);
  }

  // Only the answer to the last PING shows that the connection lives. Other things may have been in a buffer, but more may follow them.
  function hear(head) {
    link.heard = Date.now();
    if (head === "PONG " + link.ping) watch();
    else if (link.ping) wait(5e3, retry);
  }

  function onPage({ type, persisted }) {
    if (type === "pagehide") {
      // Browsers do not keep a page with an open socket for the way back.
      drop();
      set("waiting");
    } else if (type === "pageshow" ? persisted : type === "online" || !document.hidden) {
      // It may be another network, where WebSocket works or fails.
      if (type === "online") unopened = 0;
      failures = 0;
      if (state === "connected") ping(2e3, connect);
      else if (state === "waiting") connect();
      else wait(2e3, connect);
    }
  }

  // ---- What the server says

  function take(data) {
    const text = typeof data === "string" ? data : new TextDecoder().decode(data);
    const [head] = text.split("\n", 1);
    let payload = text.slice(head.length + 1);
    if (text !== data) {
      payload = new Uint8Array(data);
      payload = payload.slice(payload.indexOf(10) + 1);
    }
    hear(head);
    const [word, first, second, third] = head.split(" ");
    if (word === "MSG") deliver(second, first, payload);
    if (word === "GAP") gap(first, second, third);
    if (word === "WELCOME") {
      // Also when the right to be here was renewed.
      unopened = -Infinity;
      begin("-", second);
      connected(link);
      joinAll();
    }
    if (word === "OK" && topics.has(second)) {
      topics.get(second).link = link;
      begin(second, third);
    }
    if (word === "ERR") {
      fail(head, first);
      if (first === "try-later") setTimeout(joinAll, 10e3 * Math.random());
    }
  }

  const joinAll = () => topics.forEach((entry, topic) => entry.link === link || join(topic));

  const join = topic => send(`SUBSCRIBE ${topic} ${ids.get(topic) ?? ""}`);

  // Who has got nothing yet can go on from here. Who has goes on from there, also if the GAP that follows does not arrive.
  const begin = (topic, id) => ids.has(topic) || keep(topic, id);

  function deliver(topic, id, data) {
    const entry = topics.get(topic);
    if (entry ? entry.link !== link : topic !== "-" && topic !== "*") return;
    run(entry?.handlers ?? listeners.message, data, { id, topic });
    // After the handlers: a page that dies in one gets the message again.
    keep(topic, id);
  }

  function gap(topic, from, to) {
    run(listeners.gap, { topic, from, to });
    keep(topic, to);
  }

  // ---- Where WebSocket does not get through

  async function stream(mine) {
    mine.isStream = true;
    const abort = new AbortController();
    mine.leave = () => abort.abort();
    const labels = ["-", ...topics.keys()];
    // A stream has no more than 8 topics.
    if (labels.splice(9)[0]) fail("too-many-topics", "too-many-topics");
    const query = labels.map((topic, i) => i ? ["topic", topic] : ["token", mine.token]);
    // Nothing is said of a topic that has no last message.
    if (ids.size) query.push(["last_event_id", labels.map(topic => labels[1] && ids.has(topic) ? recode(ids.get(topic), [16n, 10n], [36, 36]) : ids.get(topic))]);
    const response = await fetch(url.replace(/^ws/, "http") + "?" + new URLSearchParams(query), { headers: { Accept: "text/event-stream" }, signal: abort.signal });
    if (mine !== link) return;
    if (/40[13]/.test(response.status)) return ended(4000 + response.status, "");
    if (!/event/.test(response.headers.get("Content-Type"))) throw await response.text();
    topics.forEach(entry => entry.link = link);
    connected(link);
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (mine !== link) return;
      if (done) return retry();
      hear();
      const events = (text + decoder.decode(value, { stream: true })).split("\n\n");
      text = events.pop();
      events.forEach(event => mine === link && takeEvent(event, labels));
    }
  }

  // The type of an event names its topic. Broadcasts have no id.
  function takeEvent(text, labels) {
    const fields = {};
    for (const line of text.split("\n")) {
      const [key, value] = line.split(/: ?(.*)/s);
      fields[key] = key in fields ? fields[key] + "\n" + value : value;
    }
    const { id, event = "", data } = fields;
    const [kind, topic = "-"] = event.split(/: ?(.*)/s);
    const place = i => labels[1] ? recode(id.split(",")[i], [36n, 36n], [16, 10]) : id;
    if (kind === "expired") return ended(4401, data);
    if (data === undefined || kind === "gap") {
      // Where the stream begins.
      if (id) labels.forEach((label, i) => kind && label === topic && ids.has(label) ? gap(label, ids.get(label), place(i)) : begin(label, place(i)));
    } else {
      deliver(id ? topic : "*", id && place(labels.indexOf(topic)), kind === "binary" ? Uint8Array.from(atob(data), char => char.charCodeAt()) : data);
    }
  }

  // ---- Small things

  function send(text) {
    if (state === "connected") link.socket?.send(text);
  }

  function set(next) {
    if (state !== next) run(listeners.state, state = next);
  }

  // The application may throw anything, also what takes no code.
  function fail(cause, code) {
    const error = Error(cause, { cause });
    error.code = code;
    if (listeners.error?.size) run(listeners.error, error);
    else console.error(error);
  }

  function wait(time, then) {
    clearTimeout(timer);
    timer = setTimeout(then, time);
  }

  // The newest last: the oldest of more than a session can have go.
  function keep(topic, id) {
    if (state === "closed" || (topic !== "-" && !topics.has(topic))) return;
    ids.delete(topic);
    ids.set(topic, id);
    save();
  }

  // Not everybody has a sessionStorage, and it may be forbidden.
  function save() {
    try {
      sessionStorage.setItem(name, JSON.stringify([...ids].slice(-101)));
    } catch {}
  }

  // ---- For the application

  this.on = (event, listener) => {
    const all = (listeners[event] ??= new Set()).add(listener);
    return () => all.delete(listener);
  };

  this.subscribe = (topic, handler) => {
    // One function may be there twice.
    const own = handler.bind();
    if (!topics.has(topic)) {
      topics.set(topic, { handlers: new Set() });
      if (link.isStream) wait(0, connect);
      else join(topic);
    }
    const { handlers } = topics.get(topic);
    handlers.add(own);
    return {
      unsubscribe() {
        if (!handlers.delete(own) || handlers.size) return;
        topics.delete(topic);
        ids.delete(topic);
        save();
        send("UNSUBSCRIBE " + topic);
      },
    };
  };

  this.close = () => {
    if (state === "closed") return;
    ids.clear();
    save();
    finish(1000);
  };

  url = new URL(url, globalThis.location?.href).href;
  for (name = url; names.has(name); name += "+");
  names.add(name);
  try {
    ids = new Map(JSON.parse(sessionStorage.getItem(name)));
  } catch {}
  ["online", "visibilitychange", "pageshow", "pagehide"].forEach(type => globalThis.addEventListener?.(type, onPage, page));
  // Later: the application has no listeners yet.
  wait(0, connect);
}
