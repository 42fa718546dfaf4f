// What a signature is bound to: one number over everything that stands, computed as the server computes it.

import { sha256 } from "./photos.js";

/** @typedef {import("./store.js").Store} Store */

export const OPENING = "meeting:opening";
export const CLOSING = "meeting:closing";

/**
 * SHA-256 over the canonical JSON (RFC 8785) of the answers' heads and the photos' sums.
 * @param {Record<string, string | null>} answers
 * @param {Record<string, string>} photos
 * @returns {Promise<string>}
 */
export function digestOf(answers, photos) {
  const said = `{"answers":${canonical(answers)},"photos":${canonical(photos)}}`;
  return sha256(/** @type {ArrayBuffer} */ (new TextEncoder().encode(said).buffer));
}

/** The digest of what this tablet believes stands. @param {Store} store */
export function digestNow(store) {
  const { answers, photos } = store.manifest();
  return digestOf(answers, photos);
}

/** @param {Record<string, string | null>} said */
function canonical(said) {
  return `{${Object.keys(said).sort().map((key) => `${JSON.stringify(key)}:${JSON.stringify(said[key])}`).join()}}`;
}

/**
 * The signatures, the oldest first.
 * @param {Store} store
 */
export function signaturesOf(store) {
  return store.photosOf(CLOSING).filter((photo) => photo.kind === "signature");
}
