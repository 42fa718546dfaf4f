// What the server's word does to the rows on the tablet: receipts of our own operations, and other people's.

import { FACTS, keyOf, rangeOf } from "./keeping.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./vault.js").Transaction} Transaction */
/** @typedef {import("./keeping.js").Queued} Queued */
/** @typedef {import("./keeping.js").AnswerRow} AnswerRow */
/** @typedef {import("./keeping.js").AuditRow} AuditRow */
/** @typedef {import("./keeping.js").Candidate} Candidate */
/** @typedef {{cursor: number, contiguous_seq: number | null, gap: boolean, server_time: string, results: Map<string, any>, changes: any[]}} Reply */

const STORES = ["answers", "audits", "conflicts", "meta", "outbox", "photos", "photo_bytes", "thumbs"];

/**
 * Take an itemised reply in, in one transaction.
 * @param {Vault} vault
 * @param {string} audit
 * @param {Queued[]} sent
 * @param {Reply} reply
 * @returns {Promise<{gap: boolean, stale: boolean}>} is one of our numbers missing there; must the audit be fetched anew
 */
export async function settle(vault, audit, sent, reply) {
  /** @type {Set<string>} */
  const touched = new Set();
  const found = await vault.write(STORES, async (tx) => {
    for (const queued of sent) await settleOne(tx, queued, reply.results.get(queued.op.op_id), vault.user.name, touched);
    for (const change of reply.changes) await takeChange(tx, audit, change, touched);
    const row = /** @type {AuditRow | undefined} */ (await tx.objectStore("audits").get(audit));
    const acked = Math.max(row?.acked ?? 0, ...sent.map((one) => one.seq));
    const gap = reply.gap || (reply.contiguous_seq !== null && reply.contiguous_seq < acked);
    const waits = [tx.objectStore("meta").put(reply.server_time, "last_ack_at")];
    if (row) waits.push(tx.objectStore("audits").put({ ...row, acked, gap, cursor: Math.max(row.cursor, reply.cursor), stopped: undefined }));
    await Promise.all(waits);
    return { gap, stale: sent.some((one) => reply.results.get(one.op.op_id).code === "op_reuse") };
  });
  if (sent.length || touched.size) vault.tell({ kind: "changed", audit, criteria: [...touched] });
  return found;
}

/**
 * @param {Transaction} tx
 * @param {Queued} queued
 * @param {any} result
 * @param {string} me
 * @param {Set<string>} touched
 */
async function settleOne(tx, queued, result, me, touched) {
  const { audit, seq, op } = queued;
  touched.add(keyOf(op)?.[0] ?? op.criterion ?? op.photo?.criterion ?? FACTS);
  const outbox = tx.objectStore("outbox");
  const waiting = await outbox.get([audit, seq]);
  if (waiting?.op.op_id !== op.op_id) return; // the store was emptied and filled anew while this was on its way
  const refused = result.status === "rejected" && !(queued.again && result.code === "op_reuse");
  if (refused) await outbox.put({ ...queued, quarantine: result.code });
  else await outbox.delete([audit, seq]);
  const key = keyOf(op);
  if (key) return settleAnswer(tx, queued, key, result, me);
  if (op.kind === "photo.remove" && !refused) await dropPhoto(tx, op.photo.id);
  if (op.kind === "photo.add" && refused) await patchPhoto(tx, op.photo.id, { state: "rejected", code: result.code });
}

/**
 * @param {Transaction} tx
 * @param {Queued} queued
 * @param {[string, string]} key
 * @param {any} result
 * @param {string} me
 */
async function settleAnswer(tx, { audit, op }, [criterion, field], result, me) {
  const answers = tx.objectStore("answers");
  const ours = /** @type {AnswerRow[]} */ (await answers.getAll(IDBKeyRange.bound([audit, criterion], [audit, criterion, []])));
  const standing = ours.filter((row) => row.head === op.op_id); // a later word of ours has its own receipt
  const mine = standing.find((row) => row.field === field);
  if (!mine) return;
  if (result.status === "rejected") return void (await answers.put({ ...mine, state: "rejected", code: result.code }));
  if (result.status === "applied") {
    const settled = standing.map((row) => answers.put({ ...row, state: "sent", head: result.head_op ?? row.head, own: result.head_op === op.op_id }));
    return void (await Promise.all(settled));
  }
  const { theirs } = result;
  const candidate = { op_id: op.op_id, value: mine.value, by: me, at: mine.at };
  const other = { audit, criterion, state: "sent", by: theirs?.by ?? "", at: theirs?.at ?? "", own: false };
  const stands = { ...other, field: theirs?.field ?? field, value: theirs?.value ?? null, head: result.head_op };
  const waits = [addConflict(tx, audit, [criterion, field], candidate), answers.put(stands)];
  if (theirs?.field) waits.push(answers.put({ ...other, field, value: null, head: null }));
  await Promise.all(waits);
}

/**
 * Somebody else's operation, or one that this person made elsewhere.
 * @param {Transaction} tx
 * @param {string} audit
 * @param {any} change
 * @param {Set<string>} touched
 */
async function takeChange(tx, audit, change, touched) {
  const { result } = change;
  if (result.status === "rejected") return;
  touched.add(change.kind === "profile.set" ? FACTS : (change.criterion ?? change.photo?.criterion ?? FACTS));
  if (change.kind === "photo.add") return takePhoto(tx, audit, change);
  if (change.kind === "photo.remove") return dropPhoto(tx, change.photo.id);
  const key = keyOf(change);
  if (!key) return;
  const value = "value" in result ? result.value : change.value;
  const said = { value, by: change.by, at: change.received_at };
  if (result.status === "conflict") return addConflict(tx, audit, key, { op_id: change.op_id, ...said });
  if (change.kind === "answer.resolve") await tx.objectStore("conflicts").delete([audit, ...key]);
  const standing = await tx.objectStore("answers").get([audit, ...key]);
  if (standing?.state === "device") return; // ours is on its way
  const row = { audit, criterion: key[0], head: change.op_id, state: "sent", by: said.by, at: said.at, own: false };
  const waits = [];
  if (result.head_op === change.op_id) waits.push(tx.objectStore("answers").put({ ...row, field: key[1], value }));
  if (result.clears) waits.push(tx.objectStore("answers").put({ ...row, field: result.clears, value: null }));
  await Promise.all(waits);
}

/**
 * @param {Transaction} tx
 * @param {string} audit
 * @param {any} change
 */
async function takePhoto(tx, audit, change) {
  const photos = tx.objectStore("photos");
  if (await photos.get(change.photo.id)) return;
  await photos.put({ ...change.photo, audit, state: "sent", at: change.received_at, signature: change.signature });
}

/**
 * @param {Transaction} tx
 * @param {string} id
 */
async function dropPhoto(tx, id) {
  await Promise.all(["photos", "photo_bytes", "thumbs"].map((store) => tx.objectStore(store).delete(id)));
}

/**
 * @param {Transaction} tx
 * @param {string} id
 * @param {any} changed
 */
async function patchPhoto(tx, id, changed) {
  const row = await tx.objectStore("photos").get(id);
  if (row) await tx.objectStore("photos").put({ ...row, ...changed });
}

/**
 * A value that lost against the standing one; the newest of each person counts.
 * @param {Transaction} tx
 * @param {string} audit
 * @param {[string, string]} key
 * @param {Candidate} candidate
 */
async function addConflict(tx, audit, [criterion, field], candidate) {
  const conflicts = tx.objectStore("conflicts");
  const row = await conflicts.get([audit, criterion, field]);
  const others = (row?.candidates ?? []).filter((/** @type {Candidate} */ one) => one.op_id !== candidate.op_id && one.by !== candidate.by);
  await conflicts.put({ audit, criterion, field, candidates: [...others, candidate] });
}

/**
 * Set aside an operation that cannot be sent.
 * @param {Vault} vault
 * @param {Queued} queued
 * @param {string} reason
 */
export async function quarantine(vault, queued, reason) {
  const key = keyOf(queued.op);
  await vault.write(["outbox", "answers"], async (tx) => {
    await tx.objectStore("outbox").put({ ...queued, quarantine: reason });
    const row = key && (await tx.objectStore("answers").get([queued.audit, ...key]));
    if (row?.head === queued.op.op_id) await tx.objectStore("answers").put({ ...row, state: "rejected", code: reason });
  });
  vault.tell({ kind: "changed", audit: queued.audit, criteria: null });
}

/**
 * Forget the refused changes of a criterion; fetching the audit anew brings back what stands.
 * @param {Vault} vault
 * @param {string} audit
 * @param {string} criterion
 */
export async function discard(vault, audit, criterion) {
  await vault.write(["outbox", "answers"], async (tx) => {
    const queued = /** @type {Queued[]} */ (await tx.objectStore("outbox").getAll(rangeOf(audit)));
    const refused = queued.filter((one) => one.quarantine && one.op.criterion === criterion);
    const rows = /** @type {AnswerRow[]} */ (await tx.objectStore("answers").getAll(IDBKeyRange.bound([audit, criterion], [audit, criterion, []])));
    await Promise.all([
      ...refused.map((one) => tx.objectStore("outbox").delete([audit, one.seq])),
      ...rows.filter((row) => row.state === "rejected").map((row) => tx.objectStore("answers").put({ ...row, state: "sent", own: false })),
    ]);
  });
}
