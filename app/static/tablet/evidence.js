// What counts as evidence, and for which answers it is needed.

import { accepted, lacksEvidence as lacks } from "./score/evidence.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").Criterion} Criterion */

/**
 * Does the answer need evidence that is not there?
 * @param {Store} store
 * @param {Criterion} criterion
 */
export function lacksEvidence(store, criterion) {
  return lacks(criterion, store.given.get(criterion.id), store.photosOf(criterion.id).length);
}

/** @param {import("./store.js").Evidence} rule */
export function evidenceWord(rule) {
  const may = accepted(rule.kinds);
  return may.photo && may.note ? "evidence_any" : may.photo ? "evidence_photo" : "evidence_note";
}
