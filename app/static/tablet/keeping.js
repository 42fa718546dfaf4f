// What goes into the tablet's store: an audit fetched from the server, and every change that a person makes.

import { isFull } from "./vault.js";
import { freeBallast, freeSentPhotos } from "./space.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./vault.js").Transaction} Transaction */
/**
 * @typedef {{op_id: string, seq: number, kind: string, criterion?: string, field?: string, value?: any,
 *   base_op?: string | null, [more: string]: any}} Op
 * @typedef {{audit: string, seq: number, op: Op, shown?: any, again?: boolean, quarantine?: string}} Queued
 * @typedef {"device" | "sent" | "rejected"} Kept
 * @typedef {{audit: string, criterion: string, field: string, value: any, head: string | null, state: Kept, by: string,
 *   at: string, own?: boolean, code?: string}} AnswerRow
 * @typedef {{op_id: string, value: any, by: string, at: string}} Candidate
 * @typedef {{audit: string, criterion: string, field: string, candidates: Candidate[]}} ConflictRow
 * @typedef {{id: string, audit: string, criterion: string, kind?: string, sha256: string, bytes: number, mime: string,
 *   state: "waiting" | "sent" | "lost" | "rejected" | "removed", at?: string, code?: string, signature?: any}} PhotoRow
 * @typedef {{id: string, case_id: string, header: any, user: any, may_fill: boolean, language: string, facts: string[],
 *   template: [string, string, string], cursor: number, acked: number, status: "held" | "received", ready_at?: string,
 *   received_at?: string, gap?: boolean, stopped?: string}} AuditRow
 */

/** Facts are kept beside the answers, under a criterion that no checklist can have. */
export const FACTS = ":fact";
const RIVALS = { score: "na", na: "score" };
export const OP_STORES = ["answers", "conflicts", "meta", "outbox", "photos", "photo_bytes", "thumbs"];

/**
 * Keep an operation and what it shows; kept for good when this resolves. Frees the ballast when there is no room.
 *
 * @param {Vault} vault
 * @param {string} audit
 * @param {Omit<Op, "seq">} said
 * @param {{shown?: any, head?: string | null, again?: boolean, content?: ArrayBuffer, thumb?: ArrayBuffer | null}} [more]
 *   `shown`: the value that a settled question shows; `head`: what the person had seen; `again`: perhaps sent before
 * @returns {Promise<Queued | null>} null when it was here already
 */
export async function keepOp(vault, audit, said, more = {}) {
  const work = (/** @type {Transaction} */ tx) => putOp(tx, audit, said, more, vault.user.name);
  const queued = await withRoom(vault, () => vault.write(OP_STORES, work), !more.content);
  vault.tellOthers({ kind: "changed", audit, criteria: [keyOf(said)?.[0] ?? said.criterion ?? said.photo?.criterion ?? FACTS] });
  return queued;
}

/**
 * Write; when there is no room, throw out the ballast, then photos that the server has, and write again.
 * @template T
 * @param {Vault} vault
 * @param {() => Promise<T>} write
 * @param {boolean} needed photos are not: they pause
 */
async function withRoom(vault, write, needed) {
  for (const free of needed ? [freeBallast, (/** @type {Vault} */ here) => freeSentPhotos(here, 0)] : []) {
    try {
      return await write();
    } catch (problem) {
      if (!isFull(problem)) throw problem;
      await free(vault);
    }
  }
  return write();
}

/**
 * @param {Transaction} tx
 * @param {string} audit
 * @param {Omit<Op, "seq">} said
 * @param {{shown?: any, head?: string | null, again?: boolean, content?: ArrayBuffer, thumb?: ArrayBuffer | null}} more
 * @param {string} by
 */
async function putOp(tx, audit, said, more, by) {
  const outbox = tx.objectStore("outbox");
  const counter = `seq:${audit}`;
  const [known, seq = 1, standing] = await Promise.all([
    outbox.index("op_id").getKey(said.op_id),
    tx.objectStore("meta").get(counter),
    keyOf(said) ? tx.objectStore("answers").get([audit, ...(keyOf(said) ?? [])]) : undefined,
  ]);
  if (known) return null; // the first try was kept after all
  const op = /** @type {Op} */ ({ ...said, seq });
  // Our own last word is always known to us, whichever page said it; another's only when this page has shown it.
  if ("base_op" in op && !more.again) op.base_op = standing?.own ? standing.head : (more.head ?? null);
  /** @type {Queued} */
  const queued = { audit, seq, op, ...(more.again && { again: true }) };
  const waits = [
    tx.objectStore("meta").put(seq + 1, counter),
    outbox.add(queued),
    ...putPhoto(tx, audit, op, more.content, more.thumb),
  ];
  await Promise.all([...waits, showOp(tx, audit, op, by, more.shown)]);
  return queued;
}

/**
 * The field that an operation is about, as criterion and field.
 * @param {Omit<Op, "seq">} op
 * @returns {[string, string] | null}
 */
export function keyOf(op) {
  if (op.kind === "profile.set") return [FACTS, op.fact];
  return op.kind.startsWith("answer") && op.criterion && op.field ? [op.criterion, op.field] : null;
}

/**
 * Let the answers show what an operation says.
 * @param {Transaction} tx
 * @param {string} audit
 * @param {Omit<Op, "seq">} op
 * @param {string} by
 * @param {any} [shown]
 */
export async function showOp(tx, audit, op, by, shown) {
  const key = keyOf(op);
  if (!key) return;
  const answers = tx.objectStore("answers");
  const [criterion, field] = key;
  const value = (shown === undefined ? op.value : shown) ?? null;
  /** @type {AnswerRow} */
  const row = { audit, criterion, field, value, head: op.op_id, state: "device", by, at: op.at_device, own: true };
  const rival = RIVALS[/** @type {"score" | "na"} */ (field)];
  const other = rival && value !== null ? await answers.get([audit, criterion, rival]) : undefined;
  const waits = [answers.put(row)];
  if (op.kind === "answer.resolve") waits.push(tx.objectStore("conflicts").delete([audit, ...key]));
  if (other && other.value !== null) waits.push(answers.put({ ...row, field: rival, value: null }));
  await Promise.all(waits);
}

/**
 * @param {Transaction} tx
 * @param {string} audit
 * @param {Op} op
 * @param {ArrayBuffer} [content]
 * @param {ArrayBuffer | null} [thumb]
 * @returns {Promise<any>[]}
 */
function putPhoto(tx, audit, op, content, thumb) {
  const photos = tx.objectStore("photos");
  if (op.kind === "photo.remove")
    return [photos.get(op.photo.id).then((row) => row && photos.put({ ...row, state: "removed" }))];
  if (op.kind !== "photo.add") return [];
  const state = content ? "waiting" : "lost";
  const waits = [photos.put({ ...op.photo, audit, state, at: op.at_device, signature: op.signature })];
  if (content) waits.push(tx.objectStore("photo_bytes").put(content, op.photo.id));
  if (thumb) waits.push(tx.objectStore("thumbs").put(thumb, op.photo.id));
  return [...waits, tx.objectStore("meta").delete(`camera:${audit}`)];
}

/**
 * Keep what the server holds; what waits here keeps its value. An older picture than the one kept changes nothing.
 * @param {Vault} vault
 * @param {any} bundle
 */
export async function keepBundle(vault, bundle) {
  const { audit: header, template, language } = bundle;
  const { id, version } = header.checklist;
  const stores = ["audits", "templates", ...OP_STORES];
  await vault.write(stores, async (tx) => {
    /** @type {AuditRow | undefined} */
    const before = await tx.objectStore("audits").get(header.id);
    const fresh = !before || bundle.cursor >= before.cursor;
    /** @type {AuditRow} */
    const row = {
      ...(before ?? { acked: 0, status: "held" }),
      id: header.id,
      case_id: header.case_id,
      header,
      user: bundle.user,
      may_fill: bundle.may_fill,
      language,
      facts: bundle.facts.map((/** @type {any} */ one) => one.fact),
      template: [id, version, language],
      cursor: fresh ? bundle.cursor : before.cursor,
      stopped: undefined,
    };
    await Promise.all([
      tx.objectStore("audits").put(row),
      tx.objectStore("templates").put({ id, version, language, content: template }),
    ]);
    if (fresh) await replaceAnswers(tx, bundle);
  });
  vault.tell({ kind: "changed", audit: header.id, criteria: null });
}

/**
 * @param {Transaction} tx
 * @param {any} bundle
 */
async function replaceAnswers(tx, bundle) {
  const audit = bundle.audit.id;
  const [answers, conflicts, photos] = ["answers", "conflicts", "photos"].map((name) => tx.objectStore(name));
  const all = rangeOf(audit);
  const [rows, held, queued] = await Promise.all([answers.getAll(all), photos.index("audit").getAll(audit), tx.objectStore("outbox").getAll(all)]);
  const waiting = rows.filter((/** @type {AnswerRow} */ row) => row.state !== "sent");
  await Promise.all([answers.delete(all), conflicts.delete(all)]);
  const sent = { audit, state: "sent" };
  const put = [
    ...bundle.answers.map((/** @type {any} */ { head_op, ...one }) => answers.put({ ...one, head: head_op, ...sent })),
    ...bundle.facts.map((/** @type {any} */ one) =>
      answers.put({ criterion: FACTS, field: one.fact, value: one.value, head: one.head_op, by: "", at: "", ...sent })),
    ...waiting.map((/** @type {AnswerRow} */ row) => answers.put(row)),
    ...conflictsOf(bundle).map((row) => conflicts.put(row)),
    ...photosOf(bundle, held, queued).map(([row, stays]) => (stays ? photos.put(row) : photos.delete(row.id))),
  ];
  await Promise.all(put);
}

/**
 * @param {any} bundle
 * @returns {ConflictRow[]}
 */
function conflictsOf(bundle) {
  /** @type {Map<string, ConflictRow>} */
  const found = new Map();
  for (const { criterion, field, op_id, value, by, at } of bundle.conflicts) {
    const key = `${criterion}/${field}`;
    const row = found.get(key) ?? /** @type {ConflictRow} */ ({ audit: bundle.audit.id, criterion, field, candidates: [] });
    row.candidates.push({ op_id, value, by, at });
    found.set(key, row);
  }
  return [...found.values()];
}

/**
 * The photos after a bundle: row, and whether it stays.
 * @param {any} bundle
 * @param {PhotoRow[]} held
 * @param {Queued[]} queued
 * @returns {[PhotoRow, boolean][]}
 */
function photosOf(bundle, held, queued) {
  const mine = new Map(held.map((row) => [row.id, row]));
  const there = new Map(bundle.photos.map((/** @type {any} */ one) => [one.id, one]));
  const unsent = new Set(queued.filter(({ op }) => op.photo).map(({ op }) => op.photo.id));
  const gone = held.filter((row) => !there.has(row.id) && !unsent.has(row.id));
  return [
    ...gone.map((row) => /** @type {[PhotoRow, boolean]} */ ([row, false])),
    ...bundle.photos.map((/** @type {any} */ { stored, ...one }) => {
      const row = mine.get(one.id);
      const state = unsent.has(one.id) && row ? row.state : stored ? "sent" : (row?.state ?? "lost");
      return [{ ...row, ...one, audit: bundle.audit.id, state: state === "sent" && !stored ? "waiting" : state }, true];
    }),
  ];
}

/** All rows of an audit in a store whose keys begin with it. @param {string} audit */
export function rangeOf(audit) {
  return IDBKeyRange.bound([audit], [audit, []]);
}

/**
 * Note something about a held audit.
 * @param {Vault} vault
 * @param {string} audit
 * @param {Partial<AuditRow>} changed
 */
export function noteAudit(vault, audit, changed) {
  return vault.write(["audits"], async (tx) => {
    const row = await tx.objectStore("audits").get(audit);
    if (row) await tx.objectStore("audits").put({ ...row, ...changed });
  });
}
