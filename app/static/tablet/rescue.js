// The rescue file: everything that the server does not have, for the day when a tablet cannot send it itself.

import { el } from "./dom.js";
import { button, openDialog } from "./parts.js";
import { t } from "./words.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./keeping.js").Queued} Queued */
/** @typedef {import("./keeping.js").PhotoRow} PhotoRow */

const PIECE = 32_768;
const LARGEST = 30_000_000; // bytes of photos in one file, which writes them a third larger; the office takes 60 MB

/**
 * Hand the file to the person, or several when there are too many photos for one.
 * @param {Vault} vault
 * @param {Store} [store] the open audit, which may hold changes that could not be kept
 */
export async function rescue(vault, store) {
  const files = await rescueFiles(vault, store);
  if (files.length === 1 && (await hand(files[0]))) return;
  openDialog(t("rescue_file"), ...(files.length > 1 ? [el("p", {}, t("rescue_parts"))] : []),
    el("p", { class: "dialog-actions" }, ...files.map((file) => button("download", file.name, () => void hand(file)))));
}

/**
 * The share sheet where there is one, else a download.
 * @param {File} file
 * @returns {Promise<boolean>} false when the browser wants to be asked by a fresh tap: making the file took too long
 */
async function hand(file) {
  if (matchMedia("(pointer: coarse)").matches && navigator.canShare?.({ files: [file] })) {
    return navigator.share({ files: [file] }).then(() => true, (problem) => problem.name === "AbortError");
  }
  const link = el("a", { href: URL.createObjectURL(file), download: file.name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return true;
}

/**
 * Every file holds all operations: it does not matter which one the office takes first.
 * @param {Vault} vault
 * @param {Store} [store]
 */
async function rescueFiles(vault, store) {
  const [queued, photos] = await everything(vault);
  const ops = queued.map((one) => ({ audit: one.audit, op: one.op }));
  let seq = store ? Math.max(store.row.acked, 0, ...store.queued.map((one) => one.seq)) : 0;
  for (const job of store?.saving.jobs ?? []) {
    job.again = true; // should the store keep it after all, the server may have it from this file
    ops.push({ audit: /** @type {Store} */ (store).audit.id, op: /** @type {Queued["op"]} */ ({ ...job.op, seq: ++seq }) });
    if (job.content) photos.push({ ...job.op.photo, audit: store?.audit.id, content: job.content });
  }
  const log = (await vault.all("log").catch(() => [[]]))[0];
  const parts = shared(photos);
  return parts.map((part, at) => {
    const audits = [...new Set([...ops, ...part].map((one) => one.audit))];
    const text = JSON.stringify({
      format: "base-rescue",
      version: 1,
      user_id: vault.user.id,
      device_id: vault.deviceId,
      log,
      audits: audits.map((audit) => ({
        audit_id: audit,
        ops: ops.filter((one) => one.audit === audit).map((one) => one.op),
        photos: part.filter((one) => one.audit === audit).map(({ id, sha256, mime, content }) => ({ id, sha256, mime, bytes_base64: base64(content) })),
      })),
    });
    const name = `base-rescue-${new Date().toISOString().slice(0, 16).replace(/[T:]/g, "-")}`;
    return new File([text], `${name}${parts.length > 1 ? `-${at + 1}-${parts.length}` : ""}.json`, { type: "application/json" });
  });
}

/**
 * The photos, as many together as one file takes.
 * @param {any[]} photos
 */
function shared(photos) {
  /** @type {any[][]} */
  const parts = [[]];
  let room = LARGEST;
  for (const photo of photos) {
    room -= photo.content.byteLength;
    if (room < 0 && parts[parts.length - 1].length) {
      parts.push([]);
      room = LARGEST - photo.content.byteLength;
    }
    parts[parts.length - 1].push(photo);
  }
  return parts;
}

/**
 * The queue and the photos that the server has not confirmed; nothing when the store does not answer.
 * @param {Vault} vault
 * @returns {Promise<[Queued[], any[]]>}
 */
async function everything(vault) {
  try {
    return await vault.read(["outbox", "photos", "photo_bytes"], async (tx) => {
      const [queued, photos] = await Promise.all([tx.objectStore("outbox").getAll(), tx.objectStore("photos").getAll()]);
      const unsent = /** @type {PhotoRow[]} */ (photos).filter((one) => one.state === "waiting" || one.state === "rejected");
      const contents = await Promise.all(unsent.map((one) => tx.objectStore("photo_bytes").get(one.id)));
      const here = unsent.map((one, at) => ({ ...one, content: contents[at] })).filter((one) => one.content);
      return /** @type {[Queued[], any[]]} */ ([queued, here]);
    });
  } catch {
    return [[], []];
  }
}

/** @param {ArrayBuffer} content */
function base64(content) {
  const bytes = new Uint8Array(content);
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(text);
}
