// Brings back what an emptied or failing store does not have: from this page's memory and from the mirror.

import { keepOp } from "./keeping.js";
import { mirrored, mirrorKept } from "./mirror.js";
import { unsent } from "./showing.js";
import { EVERYTHING, isFull } from "./vault.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./store.js").Store} Store */

/**
 * Fill an emptied store with the open audit as this page shows it; its queue gets new numbers.
 * @param {import("./vault.js").Database} database
 * @param {Store} store
 */
export async function putBack(database, store) {
  const audit = store.audit.id;
  const tx = database.transaction(EVERYTHING, "readwrite", { durability: "strict" });
  const put = (/** @type {string} */ name, /** @type {any} */ row, /** @type {any} */ key) => tx.objectStore(name).put(row, key);
  if (await tx.objectStore("audits").get(audit)) return { back: 0, photos: 0 }; // another page was quicker
  const { row } = store;
  const [id, version, language] = row.template;
  const photos = [...store.photos.values()].map(({ url, ...photo }) => (photo.state === "waiting" ? { ...photo, state: "lost" } : photo));
  await Promise.all([
    put("audits", { ...row, acked: 0, ready_at: undefined }, undefined),
    put("templates", { id, version, language, content: store.template, guidance: store.guidance }, undefined),
    put("meta", store.queued.length + 1, `seq:${audit}`),
    ...[...store.answers].map(([key, answer]) => put("answers", answerRow(audit, key, answer), undefined)),
    ...[...store.facts].map(([fact, answer]) => put("answers", { ...answerRow(audit, `:fact/${fact}`, answer), field: fact }, undefined)),
    ...[...store.conflicts].map(([key, candidates]) => put("conflicts", { ...placeOf(audit, key), candidates }, undefined)),
    ...photos.map((photo) => put("photos", { ...photo, audit }, undefined)),
    ...store.queued.map((queued, at) => put("outbox", { ...queued, seq: at + 1, op: { ...queued.op, seq: at + 1 }, again: true }, undefined)),
    tx.done,
  ]);
  return { back: unsent(store.queued, [...store.photos.values()]).ops.length, photos: photos.filter((photo) => photo.state === "lost").length };
}

/**
 * @param {string} audit
 * @param {string} key
 */
function placeOf(audit, key) {
  const cut = key.lastIndexOf("/");
  return { audit, criterion: key.slice(0, cut), field: key.slice(cut + 1) };
}

/**
 * @param {string} audit
 * @param {string} key
 * @param {any} answer
 */
function answerRow(audit, key, answer) {
  return { ...answer, ...placeOf(audit, key), state: answer.state === "saving" ? "device" : (answer.state ?? "sent") };
}

/**
 * Keep what the mirror has and the store does not: operations of the last moment before a failure, and after a loss
 * all that the mirror holds.
 * @param {Vault} vault
 * @param {boolean} lost
 * @returns {Promise<{back: number, left: import("./mirror.js").Mirrored[]}>} how many came back, and those for which
 *   there is still no room
 */
export async function takeMirror(vault, lost) {
  const user = vault.user.id;
  let back = 0;
  const left = [];
  for (const { audit, op, more, kept } of mirrored(user)) {
    if (kept && !lost) continue;
    try {
      if ((lost || !(await isKnown(vault, audit, op))) && (await keepOp(vault, audit, op, { ...more, again: true }))) back++;
      mirrorKept(user, op.op_id);
    } catch (problem) {
      if (!isFull(problem)) throw problem;
      left.push({ audit, op, more, kept });
    }
  }
  return { back, left };
}

/**
 * Was it kept in the very moment of the failure?
 * @param {Vault} vault
 * @param {string} audit
 * @param {import("./mirror.js").Said} op
 */
async function isKnown(vault, audit, op) {
  if (!op.criterion || !op.field) return false;
  const row = await vault.read(["answers"], (tx) => tx.objectStore("answers").get([audit, op.criterion, op.field]));
  return row?.head === op.op_id;
}
