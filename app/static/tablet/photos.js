// Photos: read at once (a file from the camera may vanish), made smaller, kept with the operation that announces them.

import { newId, isFull } from "./vault.js";

/** @typedef {import("./store.js").Store} Store */

const LONGEST_SIDE = 1600;
const QUALITY = 0.75;
const THUMB_SIDE = 256;
const THUMB_QUALITY = 0.6;
const SMALLEST_SOUND = 1_000;
const LARGEST = 15_000_000;
const KINDS = { "image/jpeg": [0xff, 0xd8, 0xff], "image/png": [0x89, 0x50, 0x4e, 0x47], "image/webp": [0x52, 0x49, 0x46, 0x46] };

/**
 * Take one picture in.
 * @param {Store} store
 * @param {string} criterion
 * @param {ArrayBuffer} original the file's bytes, read in the moment it came
 * @param {string} [replaces] the photo whose place it takes, in the same transaction
 * @returns {Promise<string>} the key of the words that say what is wrong, "" when it is kept
 */
export async function addPhoto(store, criterion, original, replaces) {
  if (original.byteLength === 0) return "photo_empty";
  const kind = kindOf(original);
  if (!kind) return "photo_bad";
  const { content: smaller, thumb } = await resized(new Blob([original], { type: kind }));
  const content = smaller ?? original;
  if (content.byteLength > LARGEST) return "photo_large";
  const mime = smaller ? "image/jpeg" : kind;
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

/**
 * A JPEG of at most 1600 pixels and a small one; null where this browser cannot: then the server makes them from the
 * original. Drawing drops the position that the camera wrote into the file.
 * @param {Blob} blob
 * @returns {Promise<{content: ArrayBuffer | null, thumb: ArrayBuffer | null}>}
 */
async function resized(blob) {
  try {
    const whole = await createImageBitmap(blob, { imageOrientation: "from-image" });
    const content = await drawn(whole, LONGEST_SIDE, QUALITY);
    const sound = content && (content.byteLength > SMALLEST_SOUND || blob.size < 4 * SMALLEST_SOUND);
    const thumb = sound ? await drawn(whole, THUMB_SIDE, THUMB_QUALITY) : null;
    whole.close();
    return { content: sound ? content : null, thumb };
  } catch {
    return { content: null, thumb: null };
  }
}

/**
 * @param {ImageBitmap} whole
 * @param {number} side the longest side in pixels
 * @param {number} quality
 */
async function drawn(whole, side, quality) {
  const share = Math.min(1, side / Math.max(whole.width, whole.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(whole.width * share));
  canvas.height = Math.max(1, Math.round(whole.height * share));
  const brush = canvas.getContext("2d");
  if (!brush) return null;
  brush.imageSmoothingQuality = "high";
  brush.drawImage(whole, 0, 0, canvas.width, canvas.height);
  const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
  return made instanceof Blob ? made.arrayBuffer() : null;
}

/** @param {ArrayBuffer} content */
export async function sha256(content) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
