/** What a subscription and the event `message` get: text as a string, any other body as bytes. */
export type Data = string | Uint8Array;

/** Where a message comes from. */
export interface About {
  /** The message's id, `epoch:offset`; empty for broadcasts over an event stream. */
  readonly id: string;
  /** The topic; `-` for the client's own messages, `*` for broadcasts. */
  readonly topic: string;
}

/** Returning a promise is allowed; nobody waits for it. An exception is reported as uncaught ones are, and stops nothing. */
export type Handler = (data: Data, about: About) => unknown;

/**
 * `connecting`: an attempt is under way. `connected`: messages come. `waiting`: the next attempt comes by itself, at once when the network is back or the page
 * is looked at. `closed`: for good, by `close()` or after an `error`.
 */
export type State = "connecting" | "connected" | "waiting" | "closed";

/** Messages that are gone for good: those after `from`, up to `to`. The client goes on behind them; ask the backend for the current state. */
export interface Gap {
  /** The topic; `-` for the client's own messages. */
  readonly topic: string;
  readonly from: string;
  readonly to: string;
}

/** Something went wrong. When it is for good, the state `closed` follows. */
export interface KekerError extends Error {
  /** A close code (number) or the code of a refused command (string); undefined where the cause is an exception, of `token` for example. */
  readonly code?: number | string;
}

export interface Options {
  /** AUTH_INFO or a JWT, or a function that fetches it: it is asked before each connection, and before a JWT ends. */
  token: string | (() => string | Promise<string>);
}

export interface Subscription {
  /** Leaves the topic, once nobody else here is subscribed to it. */
  unsubscribe(): void;
}

/** One connection to kekerd, opened again whenever it breaks. Listeners are best added at once: what comes before one is there is not kept for it. */
export class Keker {
  /**
   * @param url Where kekerd is subscribed to: `wss://push.example.com/v1/subscribe`.
   */
  constructor(url: string | URL, options: Options);

  /** The client's own messages, and broadcasts. */
  on(event: "message", listener: Handler): () => void;
  on(event: "state", listener: (state: State) => unknown): () => void;
  on(event: "gap", listener: (gap: Gap) => unknown): () => void;
  /** Without a listener errors go to the console. */
  on(event: "error", listener: (error: KekerError) => unknown): () => void;

  /** Messages of a topic, until it is unsubscribed from or the connection is closed for good. */
  subscribe(topic: string, handler: Handler): Subscription;

  /** Says goodbye: nothing is kept for this client any more, here or in the server. */
  close(): void;
}
