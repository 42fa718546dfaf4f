// What the server's word does to the rows on the tablet: receipts of our own operations, and other people's.

import { rangeOf } from "./keeping.js";
import { FACTS, keyOf, meant, replayed } from "./showing.js";
import { withRoom } from "./space.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./vault.js").Transaction} Transaction */
/** @typedef {import("./keeping.js").Queued} Queued */
/** @typedef {import("./keeping.js").AnswerRow} AnswerRow */
/** @typedef {import("./keeping.js").AuditRow} AuditRow */
/** @typedef {import("./keeping.js").Candidate} Candidate */
/** @typedef {{cursor: number, contiguous_seq: number | null, gap: boolean, server_time: string, results: Map<string, any>, changes: any[]}} Reply */

/**
 * One transaction's work on an audit: whose, the criteria whose rows are to be shown anew, up to which of the audit's
 * operations the last bundle told, and whether a choice of ours waits (the queue is not read for each receipt).
 * @typedef {{tx: Transaction, audit: string, me: string, device: string, touched: Set<string>, told: number, chose: boolean}} Desk
 */

const STORES = ["answers", "audits", "conflicts", "meta", "outbox", "photos", "photo_bytes", "thumbs"];

/**
 * Take an itemised reply in, in one transaction: receipts and other people's operations in the server's order.
 * @param {Vault} vault
 * @param {string} audit
 * @param {Queued[]} sent
 * @param {Reply} reply
 * @returns {Promise<{gap: boolean, stale: boolean}>} is one of our numbers missing there; must the audit be fetched anew
 */
export async function settle(vault, audit, sent, reply) {
  /** @type {{cursor?: number, queued?: Queued, [more: string]: any}[]} */
  const told = [...sent.map((queued) => ({ ...reply.results.get(queued.op.op_id), queued })), ...reply.changes];
  told.sort((one, other) => (one.cursor ?? 0) - (other.cursor ?? 0));
  /** @type {Set<string>} */
  const touched = new Set();
  const found = await withRoom(vault, () => vault.write(STORES, async (tx) => {
    touched.clear();
    const [row, queue] = /** @type {[AuditRow | undefined, Queued[]]} */ (await Promise.all([tx.objectStore("audits").get(audit), tx.objectStore("outbox").getAll(rangeOf(audit))]));
    const desk = { tx, audit, me: vault.user.name, device: vault.deviceId, touched, told: row?.told ?? 0, chose: queue.some((one) => one.lost) };
    for (const one of told) {
      if (one.queued) await takeReceipt(desk, one.queued, one);
      else await hear(desk, one);
    }
    await Promise.all([...touched].map((one) => showAnew(desk, one)));
    const acked = Math.max(row?.acked ?? 0, ...sent.map((one) => one.seq));
    const gap = reply.gap || (reply.contiguous_seq !== null && reply.contiguous_seq < acked);
    const waits = [tx.objectStore("meta").put(reply.server_time, "last_ack_at")];
    if (row) waits.push(tx.objectStore("audits").put({ ...row, acked, gap, cursor: Math.max(row.cursor, reply.cursor), stopped: undefined }));
    await Promise.all(waits);
    return { gap, stale: sent.some((one) => reply.results.get(one.op.op_id).code === "op_reuse") };
  }));
  if (touched.size) vault.tell({ kind: "changed", audit, criteria: [...touched] });
  return found;
}

/**
 * @param {Pick<Desk, "tx" | "audit" | "me">} desk
 * @param {string} criterion
 */
async function showAnew({ tx, audit, me }, criterion) {
  const answers = tx.objectStore("answers");
  const [rows, queued] = await Promise.all([answers.getAll(IDBKeyRange.bound([audit, criterion], [audit, criterion, []])), tx.objectStore("outbox").getAll(rangeOf(audit))]);
  const ours = /** @type {Queued[]} */ (queued).filter(({ op }) => keyOf(op)?.[0] === criterion);
  await Promise.all(replayed(rows, ours, me).map((row) => answers.put(row)));
}

/**
 * @param {Desk} desk
 * @param {Queued} queued
 * @param {any} result
 */
async function takeReceipt(desk, queued, result) {
  const { tx, audit, touched } = desk;
  const { seq, op } = queued;
  const outbox = tx.objectStore("outbox");
  const waiting = await outbox.get([audit, seq]);
  if (waiting?.op.op_id !== op.op_id) return; // the store was emptied and filled anew while this was on its way
  const key = keyOf(op);
  touched.add(key?.[0] ?? op.criterion ?? op.photo?.criterion ?? FACTS);
  const refused = result.status === "rejected" && !(queued.again && result.code === "op_reuse");
  if (refused) await outbox.put({ ...waiting, quarantine: result.code });
  else await outbox.delete([audit, seq]);
  if (op.kind === "photo.remove" && !refused) await dropPhoto(tx, op.photo.id);
  if (op.kind === "photo.add" && refused) await patchPhoto(tx, op.photo.id, { state: "rejected", code: result.code });
  if (key && result.status !== "rejected") await takeVerdict(desk, waiting, key, result);
}

/**
 * @param {Desk} desk
 * @param {Queued} queued
 * @param {[string, string]} key
 * @param {any} result
 */
async function takeVerdict(desk, queued, key, result) {
  if (result.cursor <= desk.told) return; // a repeated receipt: a bundle has told since, also what was settled
  const { op } = queued;
  const said = { by: desk.me, at: op.at_device, own: result.head_op === op.op_id };
  if (result.status === "applied") {
    await confirm(desk, result, key, { value: meant(queued), head: result.head_op, ...said });
    if (result.clears) await confirm(desk, result, [key[0], result.clears], { value: null, head: op.op_id, ...said });
    return strike(desk, key, (one) => one.device === desk.device);
  }
  const { theirs = {} } = result;
  const mine = { op_id: op.op_id, value: meant(queued), by: desk.me, at: op.at_device, device: desk.device };
  const over = queued.settled || (await hasLater(desk, queued, key));
  const back = queued.lost ?? []; // a choice that came too late puts its answers back
  await changeConflict(desk, key, (candidates) => {
    const others = [...candidates.filter((one) => !back.some((other) => other.op_id === one.op_id)), ...back];
    return [...others.filter((one) => one.device !== desk.device), ...(over ? [] : [mine])];
  });
  const against = /** @type {[string, string]} */ ([key[0], theirs.field ?? key[1]]);
  await confirm(desk, result, against, { value: theirs.value ?? null, head: result.head_op, by: theirs.by ?? "", at: theirs.at ?? "", own: false });
}

/**
 * Is there a newer word of ours at this field? Its own receipt will tell.
 * @param {Desk} desk
 * @param {Queued} queued
 * @param {[string, string]} key
 */
async function hasLater({ tx, audit }, queued, key) {
  const all = /** @type {Queued[]} */ (await tx.objectStore("outbox").getAll(IDBKeyRange.bound([audit, queued.seq + 1], [audit, []])));
  return all.some((one) => !one.quarantine && keyOf(one.op)?.join("/") === key.join("/"));
}

/**
 * What stands by the server's word. A receipt that is repeated may tell of what stood before a change heard already.
 * @param {Desk} desk
 * @param {{cursor: number}} said
 * @param {[string, string]} key
 * @param {Omit<import("./keeping.js").Stands, "cursor">} stands
 */
async function confirm({ tx, audit, touched }, { cursor }, key, stands) {
  touched.add(key[0]);
  const answers = tx.objectStore("answers");
  const row = await answers.get([audit, ...key]);
  if (cursor > (row?.stands?.cursor ?? 0)) await answers.put({ audit, criterion: key[0], field: key[1], state: "sent", ...row, stands: { ...stands, cursor } });
}

/**
 * Somebody else's operation, or one that this person made elsewhere.
 * @param {Desk} desk
 * @param {any} change
 */
async function hear(desk, change) {
  const { tx, audit, touched } = desk;
  const { result, cursor } = change;
  if (result.status === "rejected") return;
  touched.add(change.kind === "profile.set" ? FACTS : (change.criterion ?? change.photo?.criterion ?? FACTS));
  if (change.kind === "photo.add") return takePhoto(tx, audit, change);
  if (change.kind === "photo.remove") return dropPhoto(tx, change.photo.id);
  const key = keyOf(change);
  if (!key) return;
  const value = "value" in result ? result.value : change.value;
  const said = { by: change.by, at: change.received_at };
  const candidate = { op_id: change.op_id, value, ...said, device: change.device_id };
  const asks = result.status === "conflict";
  const settled = new Set(asks ? [] : change.resolves);
  await strike(desk, key, (one) => one.device === change.device_id || settled.has(one.op_id), settled);
  if (asks) return changeConflict(desk, key, (candidates) => [...candidates, candidate]);
  if (result.head_op === change.op_id) await confirm(desk, { cursor }, key, { value, head: change.op_id, ...said, own: false });
  if (result.clears) await confirm(desk, { cursor }, [key[0], result.clears], { value: null, head: change.op_id, ...said, own: false });
}

/**
 * Settled questions are no longer asked, also not after a choice of ours that comes too late. A device has one question
 * at a field, its last.
 * @param {Desk} desk
 * @param {[string, string]} key
 * @param {(candidate: Candidate) => boolean} settled
 * @param {Set<string>} [chosen] operations, also ours whose receipt has not come yet
 */
async function strike(desk, key, settled, chosen) {
  const open = (/** @type {Candidate[]} */ candidates) => candidates.filter((one) => !settled(one));
  await changeConflict(desk, key, open);
  if (!desk.chose && !chosen?.size) return;
  const outbox = desk.tx.objectStore("outbox");
  for (const one of /** @type {Queued[]} */ (await outbox.getAll(rangeOf(desk.audit)))) {
    const choice = one.lost && keyOf(one.op)?.join("/") === key.join("/") && { lost: open(one.lost) };
    const over = chosen?.has(one.op.op_id) && { settled: true };
    if (choice || over) await outbox.put({ ...one, ...choice, ...over });
  }
}

/**
 * The values that lost against the standing one.
 * @param {Desk} desk
 * @param {[string, string]} key
 * @param {(candidates: Candidate[]) => Candidate[]} change
 */
async function changeConflict({ tx, audit }, [criterion, field], change) {
  const conflicts = tx.objectStore("conflicts");
  const before = (await conflicts.get([audit, criterion, field]))?.candidates ?? [];
  const after = change(before);
  if (after.length) await conflicts.put({ audit, criterion, field, candidates: after });
  else if (before.length) await conflicts.delete([audit, criterion, field]);
}

/**
 * @param {Transaction} tx
 * @param {string} audit
 * @param {any} change
 */
async function takePhoto(tx, audit, change) {
  const photos = tx.objectStore("photos");
  if (await photos.get(change.photo.id)) return;
  await photos.put({ ...change.photo, audit, state: change.stored === false ? "lost" : "sent", at: change.received_at, signature: change.signature });
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
 * Set aside an operation that cannot be sent.
 * @param {Vault} vault
 * @param {Queued} queued
 * @param {string} reason
 */
export async function quarantine(vault, queued, reason) {
  const desk = { audit: queued.audit, me: vault.user.name };
  await vault.write(["outbox", "answers"], async (tx) => {
    await tx.objectStore("outbox").put({ ...queued, quarantine: reason });
    await showAnew({ tx, ...desk }, keyOf(queued.op)?.[0] ?? "");
  });
  vault.tell({ kind: "changed", audit: queued.audit, criteria: null });
}

/**
 * Forget the refused changes of a criterion: what stands is shown again.
 * @param {Vault} vault
 * @param {string} audit
 * @param {string} criterion
 */
export async function discard(vault, audit, criterion) {
  await vault.write(["outbox", "answers"], async (tx) => {
    const queued = /** @type {Queued[]} */ (await tx.objectStore("outbox").getAll(rangeOf(audit)));
    const refused = queued.filter((one) => one.quarantine && one.op.criterion === criterion);
    await Promise.all(refused.map((one) => tx.objectStore("outbox").delete([audit, one.seq])));
    await showAnew({ tx, audit, me: vault.user.name }, criterion);
  });
}
