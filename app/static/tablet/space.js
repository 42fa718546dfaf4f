// Room on the tablet: a ballast that is thrown out so that answers are always kept, and photos that may go.

import { isFull } from "./vault.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./vault.js").Transaction} Transaction */
/** @typedef {import("./keeping.js").AuditRow} AuditRow */
/** @typedef {import("./keeping.js").PhotoRow} PhotoRow */

const BALLAST = 4 * 1024 * 1024;
const PIECE = 65_536;
const AFTER_RECEIVED = 7 * 24 * 3600 * 1000;

/**
 * Write the ballast and read it back; true when the tablet has room for a whole visit of answers.
 * @param {Vault} vault
 */
export async function keepBallast(vault) {
  if ((await held(vault)) === BALLAST) return true;
  const bytes = new Uint8Array(BALLAST); // random: a browser may store zeros in no room at all
  for (let at = 0; at < BALLAST; at += PIECE) crypto.getRandomValues(bytes.subarray(at, at + PIECE));
  try {
    await vault.write(["ballast", "meta"], async (tx) => {
      await Promise.all([tx.objectStore("ballast").put(bytes.buffer, 1), tx.objectStore("meta").delete("full")]);
    });
  } catch (problem) {
    if (isFull(problem)) return false;
    throw problem;
  }
  return (await held(vault)) === BALLAST;
}

/** @param {Vault} vault */
function held(vault) {
  return vault.read(["ballast"], async (tx) => (await tx.objectStore("ballast").get(1))?.byteLength ?? 0);
}

/**
 * Make room for answers; from now on the tablet counts as full.
 * @param {Vault} vault
 */
export async function freeBallast(vault) {
  await vault.write(["ballast"], (tx) => tx.objectStore("ballast").clear());
  await sayFull(vault);
}

/**
 * Write; when there is no room, throw out the ballast, then photos that the server has, and write again.
 * @template T
 * @param {Vault} vault
 * @param {() => Promise<T>} write
 * @returns {Promise<T>}
 */
export async function withRoom(vault, write) {
  for (const free of [freeBallast, (/** @type {Vault} */ here) => freeSentPhotos(here, 0)]) {
    try {
      return await write();
    } catch (problem) {
      if (!isFull(problem)) throw problem;
      await free(vault);
    }
  }
  return write();
}

/** @param {Vault} vault */
export async function sayFull(vault) {
  await vault.write(["meta"], (tx) => tx.objectStore("meta").put(true, "full")).catch(() => {});
  vault.tell({ kind: "changed" });
}

/**
 * Throw out the bytes of photos that the server has: those of audits received more than `age` ago, and where room is
 * needed at once (age 0) all that the server has confirmed.
 * @param {Vault} vault
 * @param {number} [age] milliseconds
 * @returns {Promise<boolean>} is there more room now?
 */
export function freeSentPhotos(vault, age = AFTER_RECEIVED) {
  return vault.write(["audits", "photos", "photo_bytes"], async (tx) => {
    const [audits, photos, kept] = await Promise.all([
      tx.objectStore("audits").getAll(),
      tx.objectStore("photos").getAll(),
      tx.objectStore("photo_bytes").getAllKeys(),
    ]);
    const old = new Set(audits.filter((/** @type {AuditRow} */ one) => isOld(one, age)).map((one) => one.id));
    const here = new Set(kept);
    const going = photos.filter((/** @type {PhotoRow} */ one) => one.state === "sent" && here.has(one.id) && (age === 0 || old.has(one.audit)));
    await Promise.all(going.map((one) => tx.objectStore("photo_bytes").delete(one.id)));
    return going.length > 0;
  });
}

/**
 * @param {AuditRow} audit
 * @param {number} age
 */
function isOld({ status, received_at }, age) {
  return status === "received" && received_at !== undefined && Date.now() - Date.parse(received_at) >= age;
}

/** Ask the browser never to throw this away by itself. */
export async function askToPersist() {
  try {
    return (await navigator.storage.persisted()) || (await navigator.storage.persist());
  } catch {
    return false;
  }
}
