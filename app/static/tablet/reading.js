// What the store holds of one audit, read in one go.

import { rangeOf } from "./keeping.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./keeping.js").AuditRow} AuditRow */
/** @typedef {import("./keeping.js").AnswerRow} AnswerRow */
/** @typedef {import("./keeping.js").ConflictRow} ConflictRow */
/** @typedef {import("./keeping.js").PhotoRow} PhotoRow */
/** @typedef {import("./keeping.js").Queued} Queued */
/**
 * @typedef {{row: AuditRow, answers: AnswerRow[], conflicts: ConflictRow[], photos: PhotoRow[], queued: Queued[],
 *   thumbs: Map<string, ArrayBuffer>, full: boolean, clockOffset: number}} Picture
 */

const STORES = ["audits", "answers", "conflicts", "photos", "thumbs", "outbox", "meta"];

/**
 * @param {Vault} vault
 * @param {string} audit
 * @param {string[] | null} criteria answers of these only, null for all
 * @param {Set<string>} known photos whose thumbnail is not wanted again
 * @returns {Promise<Picture | null>} null when the audit is not on this tablet
 */
export function readPicture(vault, audit, criteria, known) {
  return vault.read(STORES, async (tx) => {
    const ranges = criteria?.map((one) => IDBKeyRange.bound([audit, one], [audit, one, []])) ?? [rangeOf(audit)];
    const all = (/** @type {string} */ name) => Promise.all(ranges.map((range) => tx.objectStore(name).getAll(range)));
    const [row, answers, conflicts, photos, queued, full, clockOffset] = await Promise.all([
      tx.objectStore("audits").get(audit),
      all("answers"),
      all("conflicts"),
      tx.objectStore("photos").index("audit").getAll(audit),
      tx.objectStore("outbox").getAll(rangeOf(audit)),
      tx.objectStore("meta").get("full"),
      tx.objectStore("meta").get("clock_offset_ms"),
    ]);
    if (!row) return null;
    const shown = /** @type {PhotoRow[]} */ (photos).filter((one) => one.state !== "removed");
    const wanted = shown.filter((one) => !known.has(one.id));
    const thumbs = await Promise.all(wanted.map((one) => tx.objectStore("thumbs").get(one.id)));
    return {
      row,
      answers: answers.flat(),
      conflicts: conflicts.flat(),
      photos: shown.sort((one, other) => (one.at ?? "").localeCompare(other.at ?? "") || one.id.localeCompare(other.id)),
      queued,
      thumbs: new Map(wanted.flatMap((one, at) => (thumbs[at] ? [[one.id, thumbs[at]]] : []))),
      full: full === true,
      clockOffset: clockOffset ?? 0,
    };
  });
}

/**
 * @param {Vault} vault
 * @param {AuditRow} row
 * @returns {Promise<import("./guidance.js").TemplateRow | undefined>}
 */
export function readTemplate(vault, row) {
  return vault.read(["templates"], (tx) => tx.objectStore("templates").get(row.template));
}
