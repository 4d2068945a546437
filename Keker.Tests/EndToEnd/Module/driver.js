// What the tests of keker.js run in a page or in Node before anything else: time is theirs, chance is none, and what happens is a line on the console.

// Time passes when a test says so. Node's own code keeps timers, too, and asks more of them. What is due fires in order, as it would; after a sleep it fires late.
const clock = {
  now: Date.now(),
  timers: new Map(),
  count: 0,
  advance(time) {
    const end = this.now + time;
    for (let next; (next = this.next(end)); next.then(...next.values)) {
      this.now = Math.max(this.now, next.due);
      this.timers.delete(next.id);
    }
    this.now = end;
  },
  sleep(time) {
    this.now += time;
  },
  next(end) {
    return [...this.timers.values()].filter(timer => timer.due <= end).sort((a, b) => a.due - b.due)[0];
  },
};
globalThis.clock = clock;
globalThis.setTimeout = (then, time = 0, ...values) => {
  const id = ++clock.count;
  clock.timers.set(id, { id, then, values, due: clock.now + time });
  return { id, unref() {}, refresh() {} };
};
globalThis.clearTimeout = timer => clock.timers.delete(timer?.id);
Date.now = () => clock.now;
Math.random = () => 0.5;

// The answer to a PING is nothing that an application sees, and neither is a WebSocket that never opened.
const RealSocket = globalThis.WebSocket;
globalThis.WebSocket = class extends RealSocket {
  constructor(...values) {
    super(...values);
    let isNew = true;
    this.addEventListener("open", () => (isNew = false));
    this.addEventListener("error", () => {
      if (isNew && this.onclose) say("failed");
      isNew = false;
    });
    this.addEventListener("message", ({ data }) => String(data).startsWith("PONG") && say("pong"));
  }
};

// Node has no page: events of one come from here, and what is kept over a reload stays here.
if (!globalThis.document) {
  const page = new EventTarget();
  globalThis.addEventListener = page.addEventListener.bind(page);
  globalThis.dispatchEvent = page.dispatchEvent.bind(page);
  globalThis.document = { hidden: false };
  const kept = new Map();
  globalThis.sessionStorage = { getItem: name => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) };
}
globalThis.happen = (type, values = {}) => dispatchEvent(Object.assign(new Event(type), values));

globalThis.say = (...values) => console.log(JSON.stringify(values));
globalThis.reportError = error => say("uncaught", error.message);
const written = value => (typeof value === "string" ? value : [...value]);

// A client that says everything that happens to it.
globalThis.make = (url, token) => {
  const keker = new Keker(url, { token });
  keker.on("state", state => say("state", (globalThis.state = state)));
  keker.on("gap", ({ topic, from, to }) => say("gap", topic, from, to));
  keker.on("error", error => say("error", error.code ?? error.message));
  keker.on("message", (data, { topic }) => say("message", topic, written(data)));
  clock.advance(0);
  return keker;
};
globalThis.hear = (keker, topic) => keker.subscribe(topic, (data, about) => say("topic", about.topic, written(data)));

// A server in the page, for what kekerd does not say by itself: a test is told each line and says what comes.
globalThis.FakeSocket = class {
  static all = [];
  constructor() {
    FakeSocket.all.push(this);
    say("socket");
  }
  send(text) {
    say("sent", text);
  }
  close(code) {
    if (!this.isOver) say("left", code);
    this.isOver = true;
  }
  open() {
    this.onopen?.();
  }
  says(data) {
    this.onmessage?.({ data });
  }
  ends(code, reason = "") {
    this.isOver = true;
    this.onclose?.({ code, reason });
  }
  static get last() {
    return FakeSocket.all.at(-1);
  }
};
