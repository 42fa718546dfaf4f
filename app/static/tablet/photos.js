// Photos: read at once (a file from the camera may vanish), made smaller, announced by an operation, then sent.

import { ask } from "./sync.js";
import { newId } from "./store.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").Photo} Photo */

const LONGEST_SIDE = 1600;
const QUALITY = 0.75;
const SMALLEST_SOUND = 1_000;
const LARGEST = 15_000_000;
const KINDS = { "image/jpeg": [0xff, 0xd8, 0xff], "image/png": [0x89, 0x50, 0x4e, 0x47], "image/webp": [0x52, 0x49, 0x46, 0x46] };

/**
 * Take one file in.
 * @param {Store} store
 * @param {string} criterion
 * @param {File} file
 * @returns {Promise<string>} the key of the words that say what is wrong, "" when all is well
 */
export async function addPhoto(store, criterion, file) {
  const original = await file.arrayBuffer();
  if (original.byteLength === 0) return "photo_empty";
  const kind = kindOf(original);
  if (!kind) return "photo_bad";
  const smaller = await resized(new Blob([original], { type: kind }));
  const content = smaller ?? original;
  if (content.byteLength > LARGEST) return "photo_large";
  const mime = smaller ? "image/jpeg" : kind;
  const id = newId();
  const photo = { id, criterion, sha256: await sha256(content), bytes: content.byteLength, mime };
  const url = URL.createObjectURL(new Blob([content], { type: mime }));
  store.photos.set(id, { ...photo, state: "waiting", content, url });
  store.send({ kind: "photo.add", photo });
  return "";
}

/**
 * Send the bytes of what was announced, two at a time.
 * @param {Store} store
 * @param {string} root
 * @param {() => void} changed
 */
export async function sendPhotos(store, root, changed) {
  const announced = (/** @type {Photo} */ photo) => !store.outbox.ops.some((op) => op.photo?.id === photo.id);
  const begun = new Set();
  const following = () =>
    [...store.photos.values()].find((photo) => photo.state === "waiting" && photo.content && announced(photo) && !begun.has(photo.id));
  const next = async () => {
    for (let photo = following(); photo; photo = following()) {
      begun.add(photo.id);
      await sendPhoto(store, root, photo);
      store.tell(photo.criterion);
      changed();
    }
  };
  await Promise.all([next(), next()]);
}

/**
 * @param {Store} store
 * @param {string} root
 * @param {Photo} photo
 */
async function sendPhoto(store, root, photo) {
  const content = /** @type {ArrayBuffer} */ (photo.content);
  const patience = 20_000 + content.byteLength / 20;
  const headers = { "Content-Type": photo.mime, "X-Content-SHA256": photo.sha256 };
  const answer = await ask(`${root}/photos/${photo.id}`, { method: "PUT", body: content, headers }, patience);
  const kept = store.photos.get(photo.id);
  if (!kept) return;
  if (answer.ok) Object.assign(kept, { state: "sent", content: undefined });
  else if ([409, 413, 415, 422].includes(answer.status)) Object.assign(kept, { state: "rejected", content: undefined });
  else throw new Error(`status ${answer.status}`);
}

/** @param {ArrayBuffer} content */
function kindOf(content) {
  const bytes = new Uint8Array(content, 0, Math.min(12, content.byteLength));
  for (const [kind, start] of Object.entries(KINDS)) if (start.every((byte, at) => bytes[at] === byte)) return kind;
  return String.fromCharCode(...bytes.slice(4, 8)) === "ftyp" ? "image/heic" : "";
}

/**
 * A JPEG of at most 1600 pixels, or null when this browser cannot: then the server makes one from the original.
 * @param {Blob} blob
 * @returns {Promise<ArrayBuffer | null>}
 */
async function resized(blob) {
  try {
    const whole = await createImageBitmap(blob);
    const share = Math.min(1, LONGEST_SIDE / Math.max(whole.width, whole.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(whole.width * share));
    canvas.height = Math.max(1, Math.round(whole.height * share));
    const brush = canvas.getContext("2d");
    if (!brush) return null;
    brush.drawImage(whole, 0, 0, canvas.width, canvas.height);
    whole.close();
    const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    const content = made instanceof Blob ? await made.arrayBuffer() : null;
    return content && (content.byteLength > SMALLEST_SOUND || blob.size < 4 * SMALLEST_SOUND) ? content : null;
  } catch {
    return null;
  }
}

/** @param {ArrayBuffer} content */
async function sha256(content) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
