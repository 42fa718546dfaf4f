// Changes on their way into the tablet's store, one after the other; what cannot be kept stays here and is tried again.

import { keepOp } from "./keeping.js";
import { mirror, mirrorKept } from "./mirror.js";
import { sayFull } from "./space.js";
import { isFull } from "./vault.js";

/** @typedef {import("./store.js").Store} Store */
/**
 * @typedef {import("./keeping.js").More & {op: import("./mirror.js").Said}} Change
 * @typedef {Change & {done: () => void, fail: (problem: unknown) => void}} Job
 */

const LATE = 900;
const PAUSE = 3_000;

export class Saving {
  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    /** @type {Job[]} */
    this.jobs = [];
    /** @type {"" | "late" | "failed"} */
    this.stuck = "";
    this.running = false;
    this.timer = 0;
  }

  get length() {
    return this.jobs.length;
  }

  /**
   * @param {Change} change
   * @returns {Promise<void>} when it is kept
   */
  add(change) {
    const { user, audit } = this.store;
    const { op, head, rival, shown, lost } = change;
    const kept = new Promise((/** @type {(nothing: void) => void} */ done, fail) => {
      this.jobs.push({ ...change, done, fail });
      if (!this.running) void this.#run();
    });
    queueMicrotask(() => mirror(user.id, { audit: audit.id, op, more: { head, rival, shown, lost } })); // the store has been asked
    return kept;
  }

  /** Try again what could not be kept. */
  async retry() {
    if (!this.running && this.jobs.length) await this.#run();
  }

  async #run() {
    this.running = true;
    clearTimeout(this.timer);
    let kept = true;
    while (kept && this.jobs.length) kept = await this.#keep(this.jobs[0]);
    this.running = false;
    if (this.jobs.length) this.timer = setTimeout(() => void this.retry(), PAUSE);
    else this.#say("");
    this.store.settled();
  }

  /**
   * @param {Job} job
   * @returns {Promise<boolean>} is it dealt with, and no longer among the jobs?
   */
  async #keep(job) {
    const { vault, audit, user } = this.store;
    const late = setTimeout(() => this.#say("late"), LATE);
    try {
      const queued = await keepOp(vault, audit.id, job.op, job);
      this.jobs.shift(); // first: what is kept must not be counted a second time as being saved
      this.store.kept(job.op, queued);
      mirrorKept(user.id, job.op.op_id);
      job.done();
      return true;
    } catch (problem) {
      const full = isFull(problem);
      if (full) await sayFull(vault);
      if (!full || !job.content) {
        this.#say("failed");
        return false;
      }
      this.jobs.shift();
      job.fail(problem); // no room for a photo: its question says so, answers go on
      return true;
    } finally {
      clearTimeout(late);
    }
  }

  /** @param {"" | "late" | "failed"} stuck */
  #say(stuck) {
    if (this.stuck === stuck) return;
    this.stuck = stuck;
    this.store.redraw(null);
  }
}
