// The tablet's own store: one IndexedDB per person. A change is one strict transaction; a connection that died is
// opened anew once, and when that fails too everybody is told at once.

import { openDB } from "../vendor/idb.js";

/** @typedef {import("../vendor/idb.js").IDBPDatabase<any>} Database */
/** @typedef {import("../vendor/idb.js").IDBPTransaction<any, any, "readwrite">} Transaction */
/** @typedef {{id: string, name: string, language?: string}} User */
/**
 * What the pages of one person tell each other. `changed`: rows of an audit are different now (criteria null: any);
 * `queued`: there is something to send; `sync`: how sending goes; `failed`, `restored`: the store does not keep, keeps
 * again; `lost`: the store was emptied under the page; `back` changes were put back, `photos` are gone.
 * @typedef {{kind: "changed" | "queued" | "sync" | "failed" | "restored" | "lost", audit?: string,
 *   criteria?: string[] | null, trouble?: string, at?: string, back?: number, photos?: number}} Message
 */

const VERSION = 1;
const OPENING = 4_000;
const READING = 4_000;
const WRITING = 15_000;
const BREATH = 250;
const USER = "base-user";
/** Names, what a row's key is made of, and indexes. Only ever added to. @type {[string, string | string[] | null, [string, string][]][]} */
const SHELVES = [
  ["meta", null, []],
  ["templates", ["id", "version", "language"], []],
  ["audits", "id", []],
  ["answers", ["audit", "criterion", "field"], []],
  ["conflicts", ["audit", "criterion", "field"], []],
  ["outbox", ["audit", "seq"], [["op_id", "op.op_id"]]],
  ["photos", "id", [["audit", "audit"]]],
  ["photo_bytes", null, []],
  ["thumbs", null, []],
  ["ballast", null, []],
];
export const EVERYTHING = [...SHELVES.map(([name]) => name), "log"];

export class Vault {
  /** @param {User} user */
  constructor(user) {
    this.user = user;
    this.deviceId = "";
    this.failed = false;
    /** @type {Promise<Database> | null} */
    this.opening = null;
    /** @type {((message: Message) => void)[]} */
    this.listeners = [];
    /** Puts back into an emptied store what this page still knows. @type {(database: Database) => Promise<{back: number, photos: number}>} */
    this.rescue = async () => ({ back: 0, photos: 0 });
    this.channel = new BroadcastChannel(`base-${user.id}`);
    this.channel.addEventListener("message", (event) => this.#hear(event.data));
    this.look = () => document.visibilityState === "visible" && void this.probe();
    document.addEventListener("visibilitychange", this.look);
  }

  /**
   * Read in one transaction; `work` waits for nothing but its requests.
   * @template T
   * @param {string[]} stores
   * @param {(tx: Transaction) => Promise<T>} work
   * @returns {Promise<T>}
   */
  read(stores, work) {
    return this.#twice(stores, "readonly", work);
  }

  /**
   * All rows of these stores, as they are at one moment.
   * @param {...string} stores
   * @returns {Promise<any[][]>}
   */
  all(...stores) {
    return this.read(stores, (tx) => Promise.all(stores.map((name) => tx.objectStore(name).getAll())));
  }

  /**
   * Change in one strict transaction: when this resolves, it is kept. `work` waits for nothing but its requests,
   * not even for these when nothing follows from them, and may be run twice.
   * @template T
   * @param {string[]} stores
   * @param {(tx: Transaction) => Promise<T>} work
   * @returns {Promise<T>}
   */
  write(stores, work) {
    return this.#twice(stores, "readwrite", work);
  }

  /** Is the store still there? Asked when the page comes back to the front. */
  async probe() {
    try {
      await this.read(["meta"], (tx) => tx.objectStore("meta").get("device_id"));
      return true;
    } catch {
      return false;
    }
  }

  /** @param {(message: Message) => void} listener */
  listen(listener) {
    this.listeners.push(listener);
  }

  /** Tell the other pages of this person. @param {Message} message */
  tellOthers(message) {
    this.channel.postMessage(message);
  }

  /** Tell the other pages and this one. @param {Message} message */
  tell(message) {
    this.tellOthers(message);
    this.#hear(message);
  }

  close() {
    document.removeEventListener("visibilitychange", this.look);
    this.channel.close();
    this.listeners = [];
    this.#drop();
  }

  /**
   * @template T
   * @param {string[]} stores
   * @param {"readonly" | "readwrite"} mode
   * @param {(tx: Transaction) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async #twice(stores, mode, work) {
    try {
      return this.#works(await this.#once(stores, mode, work));
    } catch (problem) {
      if (isFull(problem)) throw problem;
      this.#drop();
    }
    await new Promise((done) => setTimeout(done, BREATH)); // a store that is just being emptied cannot be opened yet
    try {
      return this.#works(await this.#once(stores, mode, work));
    } catch (problem) {
      if (!isFull(problem)) this.#fails();
      throw problem;
    }
  }

  /**
   * @template T
   * @param {string[]} stores
   * @param {"readonly" | "readwrite"} mode
   * @param {(tx: Transaction) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async #once(stores, mode, work) {
    const database = await this.#database();
    const strict = mode === "readwrite" ? { durability: /** @type {const} */ ("strict") } : {};
    const tx = /** @type {Transaction} */ (/** @type {unknown} */ (database.transaction(stores, mode, strict)));
    const finished = async () => {
      const value = await work(tx);
      if (mode === "readwrite") tx.commit(); // at once: not when the last change has said that it is done
      await tx.done;
      return value;
    };
    try {
      return await within(mode === "readwrite" ? WRITING : READING, finished());
    } catch (problem) {
      tx.done.catch(() => {});
      try {
        tx.abort();
      } catch {
        // it has ended by itself
      }
      throw tx.error ?? problem;
    }
  }

  #database() {
    this.opening ??= within(OPENING, this.#open()).catch((problem) => {
      this.opening = null;
      throw problem;
    });
    return this.opening;
  }

  async #open() {
    const drop = () => this.#drop();
    const database = await openDB(nameOf(this.user.id), VERSION, { upgrade: build, blocking: drop, terminated: drop });
    const device = await database.get("meta", "device_id");
    const before = this.deviceId;
    this.deviceId = device;
    if (before && before !== device) this.#hear({ kind: "lost", ...(await this.rescue(database).catch(() => ({}))) });
    return database;
  }

  #drop() {
    const dropped = this.opening;
    this.opening = null;
    void dropped?.then((database) => database.close()).catch(() => {});
  }

  /**
   * @template T
   * @param {T} value
   */
  #works(value) {
    if (this.failed) {
      this.failed = false;
      this.#hear({ kind: "restored" });
    }
    return value;
  }

  #fails() {
    this.failed = true;
    this.#hear({ kind: "failed" });
  }

  /** @param {Message} message */
  #hear(message) {
    for (const listener of this.listeners) listener(message);
  }
}

/**
 * Open a person's store on this tablet.
 * @param {User} user
 */
export async function openVault(user) {
  const vault = new Vault(user);
  await vault.read(["meta"], (tx) => tx.objectStore("meta").get("device_id"));
  return vault;
}

/** @param {string} userId */
const nameOf = (userId) => `aud-${userId}`;

/** Is there no room for this? @param {unknown} problem */
export function isFull(problem) {
  return problem instanceof DOMException && problem.name === "QuotaExceededError";
}

/** Who signed in last here, and may go on without a network. @returns {User | null} */
export function lastUser() {
  try {
    return JSON.parse(localStorage.getItem(USER) ?? "null");
  } catch {
    return null;
  }
}

/** @param {User} user */
export function rememberUser({ id, name, language }) {
  try {
    localStorage.setItem(USER, JSON.stringify({ id, name, language }));
  } catch {
    // without it only the start without a network is missing
  }
}

/**
 * Who may go on without a network: who signed in last. A browser that is killed may have forgotten that; then whose store
 * alone is here. Signing out writes "null".
 * @returns {Promise<User | null>}
 */
export async function whoIsHere() {
  const session = /(?:^|; )who=([\w-]+)/.exec(document.cookie)?.[1];
  const user = await whoWasHere();
  return session && user?.id !== session ? null : user; // somebody else signed in since
}

/** @returns {Promise<User | null>} */
async function whoWasHere() {
  if (localStorage.getItem(USER)) return lastUser();
  const names = (await indexedDB.databases()).flatMap(({ name }) => (name?.startsWith(nameOf("")) ? [name] : []));
  if (names.length !== 1) return null;
  const database = await openDB(names[0]);
  const [audit] = await database.getAll("audits").finally(() => database.close());
  return audit ? { ...audit.user, language: audit.language } : null;
}

/** A random UUID, also where the page is not served by https. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = [...crypto.getRandomValues(new Uint8Array(15))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{3})(.{3})/, "$1-$2-4$3-8$4-");
}

/** A UUID that grows with time (version 7), for operations: the server's index of them then grows at its end. */
export function newOpId() {
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${newId().slice(15)}`;
}

/**
 * @param {Database} database
 * @param {number} _from
 * @param {number | null} _to
 * @param {import("../vendor/idb.js").IDBPTransaction<any, string[], "versionchange">} tx
 */
function build(database, _from, _to, tx) {
  for (const [name, keyPath, indexes] of SHELVES) {
    if (database.objectStoreNames.contains(name)) continue;
    const store = /** @type {any} */ (database.createObjectStore(name, keyPath ? { keyPath } : undefined));
    for (const [index, path] of indexes) store.createIndex(index, path, { unique: index === "op_id" });
    if (name === "meta") void tx.objectStore("meta").add(newId(), "device_id");
  }
  if (!database.objectStoreNames.contains("log")) database.createObjectStore("log", { autoIncrement: true });
}

/**
 * @template T
 * @param {number} patience milliseconds
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
function within(patience, promise) {
  let timer = 0;
  const late = new Promise((_done, fail) => {
    timer = setTimeout(() => fail(new DOMException("late", "TimeoutError")), patience);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
