// Sends one audit's queue and photos, and believes only an itemised answer.

import { ask, json, PROTO } from "./asking.js";
import { rangeOf } from "./keeping.js";
import { sendLog } from "./log.js";
import { mirrorSent } from "./mirror.js";
import { sha256 } from "./photos.js";
import { quarantine, settle } from "./settling.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./keeping.js").Queued} Queued */
/** @typedef {import("./keeping.js").PhotoRow} PhotoRow */
/** @typedef {import("./keeping.js").AuditRow} AuditRow */

const MOST_OPS = 200;
const MOST_BYTES = 240_000;
const PATIENCE = 20_000;
const SLOWEST = 20; // bytes per millisecond
const REFUSED = [400, 409, 413, 415, 422];

/**
 * What waits, by audit: operations in their order, those set aside left out.
 * @param {Vault} vault
 * @returns {Promise<Map<string, Queued[]>>}
 */
export async function queues(vault) {
  const [rows] = await vault.all("outbox");
  /** @type {Map<string, Queued[]>} */
  const found = new Map();
  for (const row of rows) if (!row.quarantine) found.set(row.audit, [...(found.get(row.audit) ?? []), row]);
  return found;
}

/**
 * Send the first operations of an audit, or ask what others did when there are none.
 * @param {Vault} vault
 * @param {string} api
 * @param {string} audit
 * @param {number} [most] after a 413: fewer
 * @returns {Promise<{left: number, at: string, gap: boolean, stale: boolean}>} how many operations still wait
 */
export async function sendOps(vault, api, audit, most = MOST_OPS) {
  const [waiting, row, photos] = await vault.read(["outbox", "audits", "photos"], (tx) =>
    Promise.all([tx.objectStore("outbox").getAll(rangeOf(audit)), tx.objectStore("audits").get(audit), tx.objectStore("photos").index("audit").getAll(audit)]));
  const all = /** @type {Queued[]} */ (waiting).filter((one) => !one.quarantine);
  const batch = fitting(all.slice(0, most));
  const unsent = /** @type {PhotoRow[]} */ (photos).filter((one) => one.state === "waiting");
  const body = JSON.stringify({
    proto: PROTO,
    device_id: vault.deviceId,
    app: document.body.dataset.app ?? "",
    device_now: new Date().toISOString(),
    cursor: row?.cursor ?? 0,
    pending_after: all.length - batch.length + unsent.length,
    ops: batch.map((one) => one.op),
  });
  const answer = await ask(`${api}/audits/${audit}/ops`, { method: "POST", body, headers: { "Content-Type": "application/json" } });
  if (answer.status === 413 && batch.length > 1) return sendOps(vault, api, audit, Math.floor(batch.length / 2));
  if (answer.status === 413 && batch.length === 1) {
    await quarantine(vault, batch[0], "too_large");
    return { left: all.length - 1, at: "", gap: false, stale: false };
  }
  const said = await itemised(answer, batch);
  const { gap, stale } = await settle(vault, audit, batch, said);
  mirrorSent(vault.user.id, batch.map((one) => one.op.op_id));
  if (said.log_wanted) void sendLog(vault, api).catch(() => {}); // asked again until it is there
  // What was not at the server may have come from another tablet since; asked now and then, not with every answer.
  const absent = !batch.length && photos.some((/** @type {PhotoRow} */ one) => one.state === "lost");
  return { left: all.length - batch.length, at: said.server_time, gap, stale: stale || absent };
}

/**
 * As many as go into one request.
 * @param {Queued[]} all
 */
function fitting(all) {
  let bytes = 0;
  const letters = new TextEncoder();
  const end = all.findIndex(({ op }) => (bytes += letters.encode(JSON.stringify(op)).length) > MOST_BYTES);
  return end < 0 ? all : all.slice(0, Math.max(1, end));
}

/**
 * The answer to a batch, only when it names every operation.
 * @param {Response} answer
 * @param {Queued[]} batch
 */
async function itemised(answer, batch) {
  if (answer.status !== 200) throw new Error(`status ${answer.status}`);
  const said = await json(answer);
  const results = new Map(said.results.map((/** @type {any} */ one) => [one.op_id, one]));
  if (!batch.every(({ op }) => ["applied", "conflict", "rejected"].includes(results.get(op.op_id)?.status))) throw new Error("not itemised");
  return { ...said, results };
}

/**
 * The photo to send next: announced, its bytes here; signatures first, then the newest.
 * @param {Vault} vault
 * @param {Set<string>} begun those that are under way or failed
 * @param {Set<string>} stopped audits that the server refuses
 * @returns {Promise<PhotoRow | undefined>}
 */
export async function nextPhoto(vault, begun, stopped) {
  const [photos, queued] = await vault.all("photos", "outbox");
  const unsaid = new Set(/** @type {Queued[]} */ (queued).map(({ op }) => op.photo?.id));
  const ready = /** @type {PhotoRow[]} */ (photos).filter(
    (one) => one.state === "waiting" && !begun.has(one.id) && !unsaid.has(one.id) && !stopped.has(one.audit));
  const rank = (/** @type {PhotoRow} */ one) => `${one.kind === "signature" ? 1 : 0}${one.at ?? ""}`;
  return ready.sort((one, other) => rank(other).localeCompare(rank(one)))[0];
}

/**
 * Send the bytes of one photo; a photo whose bytes are gone, or that the server cannot take, is marked so.
 * @param {Vault} vault
 * @param {string} api
 * @param {PhotoRow} photo
 * @param {AbortSignal} signal
 */
export async function sendPhoto(vault, api, photo, signal) {
  const content = await vault.read(["photo_bytes"], (tx) => tx.objectStore("photo_bytes").get(photo.id));
  if (!content) return mark(vault, photo, { state: "lost" });
  const headers = { "Content-Type": photo.mime, "X-Content-SHA256": photo.sha256 };
  const patience = PATIENCE + content.byteLength / SLOWEST;
  const answer = await ask(`${api}/audits/${photo.audit}/photos/${photo.id}`, { method: "PUT", body: content, headers, signal }, patience);
  if (REFUSED.includes(answer.status)) {
    const said = await json(answer); // what is on the way may refuse too: that is no answer
    if (said.reasons?.includes("sha256_mismatch") && (await sha256(content)) === photo.sha256) throw new Error("damaged on the way");
    return mark(vault, photo, { state: "rejected", code: String(said.error) });
  }
  if (answer.status !== 200) throw new Error(`status ${answer.status}`);
  const said = await json(answer);
  if (said.photo_id !== photo.id || said.sha256 !== photo.sha256) throw new Error("not this photo");
  await mark(vault, photo, { state: "sent" });
}

/**
 * @param {Vault} vault
 * @param {PhotoRow} photo
 * @param {Partial<PhotoRow>} changed
 */
async function mark(vault, photo, changed) {
  await vault.write(["photos"], async (tx) => {
    const row = await tx.objectStore("photos").get(photo.id);
    if (row && row.state !== "removed") await tx.objectStore("photos").put({ ...row, ...changed });
  });
  vault.tell({ kind: "changed", audit: photo.audit, criteria: [photo.criterion] });
}
