// The samples of the last hour, those that the server has kept and those that come while the page is open, and whether they come.

import { get, stream, Refusal } from "./api.js";

const most = 3600;
const longestWait = 10_000;
const patience = 60_000;

export class Samples extends EventTarget {
  #tell;
  #stopping = null;
  #columns = [];

  // "off" before the start, "locked" without a good key, "live", "waiting" while the server does not answer, "draining".
  state = "off";

  // What does not change while the server runs: version, options, warnings.
  settings = null;

  // Rows in the order of time; figures go with the last one.
  rows = [];
  figures = null;

  constructor(tell) {
    super();
    this.#tell = tell;
  }

  // Returns once the key is known to be good and the past is there; what comes goes on by itself.
  async start() {
    this.#stopping?.abort();
    const stopping = new AbortController();
    try {
      await this.#load();
    } catch (refusal) {
      if (refusal.status === 401 || refusal.status === 429) this.#enter("locked", "");
      throw refusal;
    }
    this.#stopping = stopping;
    this.#enter("waiting", "connecting");
    this.#run(stopping.signal);
  }

  lock() {
    this.#stopping?.abort();
    this.#stopping = null;
    this.rows = [];
    this.figures = null;
    this.settings = null;
    this.#enter("locked", "");
  }

  get last() {
    return this.rows.at(-1) ?? null;
  }

  // The server's time in seconds, as far as it is known.
  get now() {
    return this.last ? Math.max(this.last.time, Math.round(Date.now() / 1000 - this.#skew)) : Math.round(Date.now() / 1000);
  }

  #skew = 0;

  async #load() {
    const settings = await get("/v1/console/settings");
    const past = await get("/v1/console/history", { after: this.last?.time });
    this.settings = settings;
    this.#columns = past.columns;
    this.rows = this.rows.concat(past.samples.map((sample) => this.#rowOf(sample))).slice(-most);
    this.dispatchEvent(new Event("change"));
  }

  async #run(signal) {
    for (let wait = 500; !signal.aborted; wait = Math.min(wait * 2, longestWait)) {
      try {
        await lookedAt(signal);
        await stream("/v1/console/live", {}, untilForgotten(signal), () => { wait = 500; }, (event) => this.#take(JSON.parse(event.data)));
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Refusal && error.status === 401) return this.lock();
      }
      if (signal.aborted) return;
      this.#enter("waiting", "reconnecting");
      await new Promise((resolve) => setTimeout(resolve, wait * (0.75 + Math.random() / 2)));
      if (!signal.aborted) await this.#load().catch(() => {});
    }
  }

  #take({ sample, figures }) {
    const row = this.#rowOf(sample);
    if (this.last && row.time <= this.last.time) return;
    this.#skew = Date.now() / 1000 - row.time;
    this.rows.push(row);
    while (this.rows.length > most) this.rows.shift();
    this.figures = figures;
    this.#enter(figures.draining ? "draining" : "live", figures.draining ? "draining" : "live");
    this.dispatchEvent(new Event("change"));
  }

  #rowOf(sample) {
    return Object.fromEntries(this.#columns.map((name, i) => [name, sample[i]]));
  }

  #enter(state, text) {
    if (this.state === state) return;
    this.state = state;
    this.#tell(state, text);
  }
}

// A tab that nobody looks at lets go of its stream: browsers have few connections for one server, and the server need not make samples for nobody. What it misses it
// asks for when somebody looks again.
function lookedAt(signal) {
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", look);
    look();
  });
}

// Aborts when the signal does, and when nobody has looked for a while.
function untilForgotten(signal) {
  const forgotten = new AbortController();
  let timer = 0;
  const look = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => forgotten.abort(), patience);
  };
  document.addEventListener("visibilitychange", look, { signal: AbortSignal.any([signal, forgotten.signal]) });
  return AbortSignal.any([signal, forgotten.signal]);
}
