// Which answers need evidence that is not there, as app/audits/evidence.py has it.

import { levelKey, strip } from "./exact.js";

/** @typedef {import("../store.js").Criterion} Criterion */
/** @typedef {import("./answers.js").Answer} Answer */

const PHOTO_SHOWS = new Set(["photo", "document", "observation", "measurement"]);
const NOTE_SAYS = new Set(["interview", "observation", "measurement", "register", "document"]);

/**
 * May a photo, may a note be evidence of one of these kinds?
 * @param {string[]} [kinds] none: any kind
 */
export function accepted(kinds = []) {
  const any = kinds.length === 0;
  return { photo: any || kinds.some((kind) => PHOTO_SHOWS.has(kind)), note: any || kinds.some((kind) => NOTE_SAYS.has(kind)) };
}

/**
 * Does the answer need evidence that is not there?
 * @param {Criterion} criterion
 * @param {Answer | undefined} answer
 * @param {number} photos how many
 */
export function lacksEvidence({ evidence: rule }, answer, photos) {
  const level = levelKey(answer?.value);
  if (!rule || level === null) return false;
  if (rule.required_at && !rule.required_at.includes(level)) return false;
  const may = accepted(rule.kinds);
  const noted = may.note && strip(String(answer?.note ?? "")) !== "";
  return (may.photo ? photos : 0) + (noted ? 1 : 0) < (rule.min ?? 1);
}
