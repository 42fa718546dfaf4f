// When to send: at once after a change, when the network or the page comes back, and now and then. One page at a time.

import { ask, json, Refused, sendAs } from "./asking.js";
import { keepCanary } from "./canary.js";
import { keepBundle, noteAudit } from "./keeping.js";
import { note } from "./log.js";
import { nextPhoto, queues, sendOps, sendPhoto } from "./sending.js";
import { freeSentPhotos, keepBallast } from "./space.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {"synced" | "pending" | "offline" | "signin" | "conflict" | "full" | "error"} SyncState */
/** @typedef {"" | "offline" | "signin" | "stranger" | "blocked"} Trouble */

const LONGEST_WAIT = 300_000;
const POLL = 60_000;
const UPLOADS = 2;
const CLOCK = "clock_offset_ms";
const OFF = 2_000;
const SHOWN_FIRST = 100; // that a change is kept is shown before its sending begins

export class Sync {
  /**
   * @param {Vault} vault
   * @param {string} api address of the interface
   * @param {Store | null} store the open audit, when there is one
   */
  constructor(vault, api, store) {
    this.vault = vault;
    this.store = store;
    this.api = api;
    this.ended = false;
    /** @type {Trouble} */
    this.trouble = navigator.onLine ? "" : "offline";
    this.running = false;
    this.again = false;
    this.failures = 0;
    this.lastAt = "";
    this.timer = this.sending = 0;
    this.patientUntil = 0; // by the page's own clock: the server asked for patience, only a person is quicker
    this.wake = () => {};
    /** @type {Set<string>} audits that the server refuses */
    this.stopped = new Set();
    /** @type {(() => void)[]} */
    this.watchers = [];
    sendAs(vault.user.id);
    addEventListener("base:queued", () => (this.sending ||= setTimeout(() => this.kick(), SHOWN_FIRST)));
    addEventListener("online", () => this.retry());
    addEventListener("offline", () => this.#fail("offline"));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.retry());
    setInterval(() => document.visibilityState === "visible" && this.kick(), POLL);
    vault.listen((message) => this.#hear(message));
  }

  /** @param {() => void} watcher called when the state may be another one */
  watch(watcher) {
    this.watchers.push(watcher);
  }

  /** How the open audit stands. @returns {SyncState} */
  get state() {
    const { store } = this;
    if (!store) return "synced";
    if (!store.safe || this.stopped.has(store.audit.id)) return "error";
    if (this.trouble === "signin" || this.trouble === "stranger") return "signin";
    if (store.full) return "full";
    if (this.trouble === "offline") return "offline";
    if (store.conflicts.size) return "conflict";
    return store.pending ? "pending" : "synced";
  }

  /** A person asks: at once, whatever failed before. */
  now() {
    this.patientUntil = 0;
    this.retry();
  }

  /** Perhaps the network is back: not later than the server asked. */
  retry() {
    if (performance.now() < this.patientUntil) return;
    this.failures = 0;
    this.stopped.clear();
    if (this.trouble === "offline") this.trouble = "";
    this.kick();
  }

  /** The store of somebody else is open now. */
  end() {
    this.ended = true;
    clearTimeout(this.timer);
  }

  kick() {
    clearTimeout(this.sending);
    this.sending = 0;
    if (this.ended) return;
    this.again = true;
    this.wake();
    if (!this.running && performance.now() >= this.patientUntil) void this.#run();
  }

  async #run() {
    this.running = true;
    this.again = false;
    clearTimeout(this.timer);
    this.#changed();
    try {
      if (await alone(`sync-${this.vault.user.id}`, () => this.#everything())) this.#succeed();
      else this.vault.tellOthers({ kind: "queued" }); // the page that is sending goes on with ours
    } catch (problem) {
      if (problem instanceof Stranger) this.#fail("stranger");
      else if (problem instanceof Refused) this.#fail(problem.trouble === "signin" ? "signin" : "offline", problem.wait);
      else this.#fail("offline");
    } finally {
      this.running = false;
      this.#changed();
    }
    await keepCanary(this.vault).catch(() => {});
    if (this.again && this.trouble === "") this.kick();
  }

  /** Operations first; photos beside them, so that a new answer never waits for a photo. */
  async #everything() {
    const stop = new AbortController();
    /** @type {Set<string>} */
    const begun = new Set();
    /** @type {Promise<void> | null} */
    let photos = null;
    /** @type {unknown} */
    let problem = null;
    await this.#confirmUser();
    try {
      do {
        this.again = false;
        await this.#sendAllOps();
        photos ??= this.#sendPhotos(begun, stop.signal).catch((found) => (problem = found)).finally(() => (photos = null));
        if (this.again) continue; // said while the operations were on their way
        await Promise.race([photos, new Promise((woken) => (this.wake = () => woken(undefined)))]);
      } while (this.again || photos);
      if (problem) throw problem;
      await this.#makeRoom();
    } finally {
      stop.abort();
      await photos;
    }
  }

  /** Whose session is it? Another person's answers must not be sent in it. */
  async #confirmUser() {
    const answer = await ask(`${this.api}/me`);
    if (answer.status !== 200) throw new Error(`status ${answer.status}`);
    const me = await json(answer);
    if (me.user_id !== this.vault.user.id) throw new Stranger();
    await keepClock(this.vault, Date.parse(me.server_time) - Date.now());
  }

  /** Everything is sent: what the server has makes room when the tablet is full. */
  async #makeRoom() {
    await freeSentPhotos(this.vault);
    if (!this.store?.full) return;
    await freeSentPhotos(this.vault, 0);
    if (await keepBallast(this.vault)) this.vault.tell({ kind: "changed" });
  }

  async #sendAllOps() {
    const waiting = await queues(this.vault);
    const open = this.store?.audit.id;
    const audits = [...new Set([...(open && this.store?.mayFill ? [open] : []), ...waiting.keys()])];
    audits.sort((one, other) => Number(other === open) - Number(one === open));
    for (const audit of audits) if (!this.stopped.has(audit)) await this.#sendAudit(audit);
  }

  /** @param {string} audit */
  async #sendAudit(audit) {
    try {
      for (let left = 1; left > 0; ) {
        const sent = await sendOps(this.vault, this.api, audit);
        left = sent.left;
        this.lastAt = sent.at || this.lastAt;
        this.trouble = "";
        if (sent.gap) await note(this.vault, "gap", { audit });
        if (sent.stale) await this.fetchAudit(audit);
        this.#changed();
      }
    } catch (problem) {
      await this.#stop(audit, problem);
    }
  }

  /**
   * The server refuses this audit: keep everything, go on with the others.
   * @param {string} audit
   * @param {unknown} problem
   */
  async #stop(audit, problem) {
    if (!(problem instanceof Refused) || problem.trouble !== "blocked") throw problem;
    this.stopped.add(audit);
    await noteAudit(this.vault, audit, { stopped: new Date().toISOString() });
    await note(this.vault, "refused", { audit });
  }

  /**
   * Fetch an audit anew and keep it.
   * @param {string} audit
   */
  async fetchAudit(audit) {
    const answer = await ask(`${this.api}/audits/${audit}/bundle`);
    if (answer.status !== 200) throw new Error(`status ${answer.status}`);
    await keepBundle(this.vault, await json(answer));
  }

  /**
   * Two at a time until none is left.
   * @param {Set<string>} begun
   * @param {AbortSignal} signal
   */
  async #sendPhotos(begun, signal) {
    const next = async () => {
      for (let photo = await nextPhoto(this.vault, begun, this.stopped); photo && !signal.aborted; photo = await nextPhoto(this.vault, begun, this.stopped)) {
        if (begun.has(photo.id)) continue; // the other one was quicker
        begun.add(photo.id);
        const { audit } = photo;
        await sendPhoto(this.vault, this.api, photo, signal).catch((problem) => this.#stop(audit, problem));
      }
    };
    await Promise.all(Array.from({ length: UPLOADS }, next));
  }

  #succeed() {
    this.trouble = "";
    this.failures = 0;
    this.vault.tellOthers({ kind: "sync", trouble: "", at: this.lastAt });
  }

  /**
   * @param {Trouble} trouble
   * @param {number} [wait] seconds, when the server named them
   */
  #fail(trouble, wait = 0) {
    if (trouble !== this.trouble) void note(this.vault, "trouble", { trouble });
    this.trouble = trouble;
    this.vault.tellOthers({ kind: "sync", trouble, at: this.lastAt });
    this.#changed();
    clearTimeout(this.timer);
    if (trouble !== "offline") return;
    const pause = Math.min(1000 * 2 ** this.failures++, LONGEST_WAIT) * (0.8 + Math.random() * 0.4);
    this.patientUntil = Math.max(this.patientUntil, performance.now() + wait * 1000);
    this.timer = setTimeout(() => {
      this.patientUntil = 0;
      this.kick();
    }, Math.max(pause, this.patientUntil - performance.now()));
  }

  /** @param {import("./vault.js").Message} message */
  #hear(message) {
    if (message.kind === "queued") this.kick();
    if (message.kind !== "sync" || this.running) return;
    this.trouble = /** @type {Trouble} */ (message.trouble ?? "");
    this.lastAt = message.at || this.lastAt;
    this.#changed();
  }

  #changed() {
    for (const watcher of this.watchers) watcher();
  }
}

/**
 * The tablet's clock decides nothing; how far it is off is kept so that times are shown as the server has them.
 * @param {Vault} vault
 * @param {number} offset milliseconds
 */
async function keepClock(vault, offset) {
  const before = await vault.read(["meta"], (tx) => tx.objectStore("meta").get(CLOCK));
  if (Math.abs(offset - (before ?? 0)) > OFF) await vault.write(["meta"], (tx) => tx.objectStore("meta").put(offset, CLOCK));
}

/** Somebody else is signed in. */
class Stranger extends Error {}

/**
 * Do something that only one page may do at a time.
 * @param {string} name
 * @param {() => Promise<void>} work
 * @returns {Promise<boolean>} false when another page is at it
 */
async function alone(name, work) {
  if (!navigator.locks) {
    await work();
    return true;
  }
  return navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock) await work();
    return lock !== null;
  });
}
