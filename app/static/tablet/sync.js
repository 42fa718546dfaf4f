// Sends what is queued, one request at a time, and believes only an itemised answer.

import { sendPhotos } from "./photos.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {"synced" | "pending" | "offline" | "signin" | "conflict" | "full" | "error"} SyncState */

const PROTO = 1;
const LARGEST_BATCH = 100;
const LONGEST_WAIT = 300_000;
const POLL = 60_000;
const PATIENCE = 30_000;

export class Sync {
  /**
   * @param {Store} store
   * @param {string} root address of the audit's interface
   * @param {() => void} changed
   */
  constructor(store, root, changed) {
    this.store = store;
    this.root = root;
    this.changed = changed;
    this.running = false;
    this.sendingPhotos = false;
    this.again = false;
    this.failures = 0;
    this.batch = LARGEST_BATCH;
    /** @type {"" | "offline" | "signin" | "blocked"} */
    this.trouble = navigator.onLine ? "" : "offline";
    this.lastAt = "";
    this.timer = 0;
    addEventListener("base:queued", () => this.kick());
    addEventListener("online", () => this.now());
    addEventListener("offline", () => this.#fail("offline"));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.now());
    setInterval(() => document.visibilityState === "visible" && this.kick(), POLL);
  }

  /** @returns {SyncState} */
  get state() {
    if (!this.store.safe && this.store.pending) return "error";
    if (this.trouble === "blocked") return "error";
    if (this.trouble === "signin") return "signin";
    if (this.trouble === "offline") return "offline";
    if (this.store.conflicts.size) return "conflict";
    return this.store.pending ? "pending" : "synced";
  }

  /** Try at once, whatever failed before. */
  now() {
    this.failures = 0;
    if (this.trouble === "offline") this.trouble = "";
    this.kick();
  }

  kick() {
    if (this.running) this.again = true;
    else void this.#run();
  }

  async #run() {
    if (!this.store.mayFill && this.store.pending === 0) return;
    clearTimeout(this.timer);
    this.running = true;
    this.changed();
    try {
      do {
        this.again = false;
        await this.#sendOps();
      } while (this.again || this.store.outbox.ops.length);
      this.trouble = "";
      this.failures = 0;
      void this.#runPhotos();
    } catch (problem) {
      this.#fail(problem instanceof Refused ? problem.trouble : "offline");
    } finally {
      this.running = false;
      this.changed();
    }
    if (this.again) this.kick();
  }

  /** Photos take their time; answers go on beside them. */
  async #runPhotos() {
    if (this.sendingPhotos) return;
    this.sendingPhotos = true;
    try {
      await sendPhotos(this.store, this.root, this.changed);
    } catch (problem) {
      this.#fail(problem instanceof Refused ? problem.trouble : "offline");
    } finally {
      this.sendingPhotos = false;
      this.changed();
    }
  }

  async #sendOps() {
    const { store } = this;
    const ops = store.outbox.ops.slice(0, this.batch);
    const body = JSON.stringify({
      proto: PROTO,
      device_id: store.outbox.device_id,
      app: "1.0.0",
      device_now: new Date().toISOString(),
      cursor: store.cursor,
      pending_after: store.pending - ops.length,
      ops,
    });
    const answer = await ask(`${this.root}/ops`, { method: "POST", body, headers: { "Content-Type": "application/json" } });
    if (answer.status === 413 && ops.length > 1) {
      this.batch = Math.max(1, Math.floor(ops.length / 2));
      return;
    }
    const said = await itemised(answer, ops);
    for (const op of ops) store.settle(op, said.results.get(op.op_id));
    for (const change of said.changes) store.takeChange(change);
    store.cursor = said.cursor;
    this.batch = LARGEST_BATCH;
    this.trouble = "";
    this.lastAt = said.server_time;
    store.tell(ops.length === 1 && !said.changes.length ? (ops[0].criterion ?? null) : null);
  }

  /** @param {"offline" | "signin" | "blocked"} trouble */
  #fail(trouble) {
    this.trouble = trouble;
    this.store.park();
    this.store.tell(null);
    this.changed();
    clearTimeout(this.timer);
    if (trouble !== "offline") return;
    const wait = Math.min(1000 * 2 ** this.failures++, LONGEST_WAIT) * (0.8 + Math.random() * 0.4);
    this.timer = setTimeout(() => this.kick(), wait);
  }
}

/** The server answered, and it was no. */
export class Refused extends Error {
  /** @param {"signin" | "blocked"} trouble */
  constructor(trouble) {
    super(trouble);
    this.trouble = trouble;
  }
}

/**
 * A request to our own interface. A redirect, a login page or silence is an error, never an answer.
 * @param {string} address
 * @param {RequestInit} options
 * @param {number} [patience] milliseconds
 */
export async function ask(address, options = {}, patience = PATIENCE) {
  const answer = await fetch(address, {
    ...options,
    headers: { "X-Audit-Client": "1", ...options.headers },
    credentials: "same-origin",
    redirect: "error",
    cache: "no-store",
    signal: AbortSignal.timeout(patience),
  });
  if (answer.status === 401) throw new Refused("signin");
  if ([403, 404, 410].includes(answer.status)) throw new Refused("blocked");
  return answer;
}

/**
 * The answer as JSON of our protocol.
 * @param {Response} answer
 */
export async function json(answer) {
  if (!answer.headers.get("Content-Type")?.startsWith("application/json")) throw new Error("no JSON");
  const said = await answer.json();
  if (said.proto !== PROTO) throw new Error("another protocol");
  return said;
}

/**
 * The answer to a batch, only when it names every operation.
 * @param {Response} answer
 * @param {{op_id: string}[]} ops
 */
async function itemised(answer, ops) {
  if (answer.status !== 200) throw new Error(`status ${answer.status}`);
  const said = await json(answer);
  const results = new Map(said.results.map((/** @type {any} */ one) => [one.op_id, one]));
  if (!ops.every((op) => results.has(op.op_id))) throw new Error("not itemised");
  return { ...said, results };
}
