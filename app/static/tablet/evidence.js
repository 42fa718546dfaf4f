// What counts as evidence, and for which answers it is needed: the same rule as on the server.

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").Criterion} Criterion */

const PHOTO_SHOWS = new Set(["photo", "document", "observation", "measurement"]);
const NOTE_SAYS = new Set(["interview", "observation", "measurement", "register", "document"]);

/**
 * Does the answer need evidence that is not there? The same rule as on the server.
 * @param {Store} store
 * @param {Criterion} criterion
 */
export function lacksEvidence(store, criterion) {
  const rule = criterion.evidence;
  const value = store.value(criterion.id, "score");
  if (!rule || value === null || store.value(criterion.id, "na") !== null) return false;
  if (rule.required_at && !rule.required_at.includes(String(value))) return false;
  const kinds = rule.kinds ?? [];
  const photos = !kinds.length || kinds.some((kind) => PHOTO_SHOWS.has(kind)) ? store.photosOf(criterion.id).length : 0;
  const note = (store.value(criterion.id, "comment") ?? "").trim() && (!kinds.length || kinds.some((kind) => NOTE_SAYS.has(kind)));
  return photos + (note ? 1 : 0) < (rule.min ?? 1);
}

/** @param {import("./store.js").Evidence} rule */
export function evidenceWord(rule) {
  const kinds = rule.kinds ?? [];
  const photo = !kinds.length || kinds.some((kind) => PHOTO_SHOWS.has(kind));
  const note = !kinds.length || kinds.some((kind) => NOTE_SAYS.has(kind));
  return photo && note ? "evidence_any" : photo ? "evidence_photo" : "evidence_note";
}
