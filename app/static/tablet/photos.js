// Photos: read at once (a file from the camera may vanish), made smaller, kept with the operation that announces them.

import { encoded } from "./encoding.js";
import { newId, isFull } from "./vault.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").Photo} Photo */

/** @type {[import("./encoding.js").Size, import("./encoding.js").Size]} what is sent, and what is shown in the list */
const SIZES = [
  { side: 1600, type: "image/jpeg", quality: 0.75 },
  { side: 256, type: "image/jpeg", quality: 0.6 },
];
const SMALLEST_SOUND = 1_000;
const LARGEST = 15_000_000;
const KINDS = { "image/jpeg": [0xff, 0xd8, 0xff], "image/png": [0x89, 0x50, 0x4e, 0x47], "image/webp": [0x52, 0x49, 0x46, 0x46] };

/**
 * Take one picture in, made smaller; what this browser cannot draw stays as it came: then the server makes it smaller.
 * Drawing drops the position that the camera wrote into the file.
 * @param {Store} store
 * @param {string} criterion
 * @param {ArrayBuffer} original the file's bytes, read in the moment it came
 * @returns {Promise<string>} the key of the words that say what is wrong, "" when it is kept
 */
export async function addPhoto(store, criterion, original) {
  if (original.byteLength === 0) return "photo_empty";
  const kind = kindOf(original);
  if (!kind) return "photo_bad";
  const [content, thumb] = await encoded(new Blob([original], { type: kind }), ...SIZES).catch(() => []);
  const sound = content && (content.byteLength > SMALLEST_SOUND || original.byteLength < 4 * SMALLEST_SOUND);
  return sound ? keep(store, criterion, content, "image/jpeg", thumb) : keep(store, criterion, original, kind, null);
}

/**
 * Let a picture that was drawn on take the place of its photo, in one transaction.
 * @param {Store} store
 * @param {Photo} photo
 * @param {ImageBitmap} picture
 * @returns {Promise<string>} as `addPhoto`
 */
export async function replacePhoto(store, photo, picture) {
  const [content, thumb] = await encoded(picture, ...SIZES).catch(() => []);
  return content ? keep(store, photo.criterion, content, "image/jpeg", thumb, photo.id) : "photo_bad";
}

/**
 * @param {Store} store
 * @param {string} criterion
 * @param {ArrayBuffer} content
 * @param {string} mime
 * @param {ArrayBuffer | null} thumb
 * @param {string} [replaces] the photo whose place it takes
 */
async function keep(store, criterion, content, mime, thumb, replaces) {
  if (content.byteLength > LARGEST) return "photo_large";
  const photo = { id: newId(), criterion, sha256: await sha256(content), bytes: content.byteLength, mime };
  try {
    await store.send({ kind: "photo.add", photo }, { content, thumb, replaces });
    return "";
  } catch (problem) {
    if (isFull(problem)) return "photo_full";
    throw problem;
  }
}

/** @param {ArrayBuffer} content */
function kindOf(content) {
  const bytes = new Uint8Array(content, 0, Math.min(12, content.byteLength));
  for (const [kind, start] of Object.entries(KINDS)) if (start.every((byte, at) => bytes[at] === byte)) return kind;
  return String.fromCharCode(...bytes.slice(4, 8)) === "ftyp" ? "image/heic" : "";
}

/** @param {ArrayBuffer} content */
export async function sha256(content) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
