// What goes into the tablet's store: an audit fetched from the server, and every change that a person makes.

import { guidanceIn } from "./guidance.js";
import { newOpId } from "./vault.js";
import { cover, FACTS, keyOf, replayed, rivalOf } from "./showing.js";
import { withRoom } from "./space.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./vault.js").Transaction} Transaction */
/**
 * @typedef {{op_id: string, seq: number, kind: string, criterion?: string, field?: string, value?: any,
 *   base_op?: string | null, [more: string]: any}} Op
 * @typedef {{audit: string, seq: number, op: Op, shown?: any, lost?: Candidate[], again?: boolean, quarantine?: string, settled?: boolean}} Queued
 * @typedef {"device" | "sent" | "rejected"} Kept
 * @typedef {{audit: string, criterion: string, field: string, value: any, head: string | null, state: Kept, by: string,
 *   at: string, own?: boolean, code?: string, stands?: Stands}} AnswerRow
 * @typedef {{value: any, head: string | null, by: string, at: string, own: boolean, cursor: number}} Stands
 * @typedef {{op_id: string, value: any, by: string, at: string, device?: string}} Candidate
 * @typedef {{audit: string, criterion: string, field: string, candidates: Candidate[]}} ConflictRow
 * What comes with an operation. `shown`: the value that a settled question shows; `lost`: the answers it chose between;
 * `head`, `rival`: what the person had seen in its field and in the one that excludes it; `again`: perhaps sent before;
 * `replaces`: the photo that goes when this one comes; `tried`: the operation as it was written the last time.
 * @typedef {{shown?: any, lost?: Candidate[], head?: string | null, rival?: string | null, again?: boolean,
 *   content?: ArrayBuffer, thumb?: ArrayBuffer | null, replaces?: string, tried?: Op}} More
 * @typedef {{id: string, audit: string, criterion: string, kind?: string, sha256: string, bytes: number, mime: string,
 *   state: "waiting" | "sent" | "lost" | "rejected" | "removed", at?: string, code?: string, signature?: any}} PhotoRow
 * @typedef {{id: string, case_id: string, header: any, user: any, may_fill: boolean, language: string, facts: string[],
 *   template: [string, string, string], cursor: number, acked: number, status: "held" | "received", ready_at?: string,
 *   received_at?: string, gap?: boolean, stopped?: string, told?: number}} AuditRow
 */

const OP_STORES = ["answers", "conflicts", "meta", "outbox", "photos", "photo_bytes", "thumbs"];

/**
 * Keep an operation and what it shows; kept for good when this resolves. Frees the ballast when there is no room.
 *
 * @param {Vault} vault
 * @param {string} audit
 * @param {Omit<Op, "seq">} said
 * @param {More} [more]
 * @returns {Promise<Queued | null>} null when it was here already
 */
export async function keepOp(vault, audit, said, more = {}) {
  const work = (/** @type {Transaction} */ tx) => putOp(tx, audit, said, more, vault.user.name);
  const write = () => vault.write(OP_STORES, work);
  const queued = await (more.content ? write() : withRoom(vault, write)); // photos pause when there is no room
  vault.tellOthers({ kind: "changed", audit, criteria: [keyOf(said)?.[0] ?? said.criterion ?? said.photo?.criterion ?? FACTS] });
  return queued;
}

/**
 * @param {Transaction} tx
 * @param {string} audit
 * @param {Omit<Op, "seq">} said
 * @param {More} more
 * @param {string} by
 */
async function putOp(tx, audit, said, more, by) {
  const outbox = tx.objectStore("outbox");
  const answers = tx.objectStore("answers");
  const counter = `seq:${audit}`;
  const key = keyOf(said);
  const [known, seq = 1, rows = []] = await Promise.all([
    (more.again || more.tried) && outbox.index("op_id").getKey(said.op_id),
    tx.objectStore("meta").get(counter),
    key ? answers.getAll(IDBKeyRange.bound([audit, key[0]], [audit, key[0], []])) : undefined,
  ]);
  if (known) return null;
  /** @type {Map<string, AnswerRow>} */
  const fields = new Map(rows.map((/** @type {AnswerRow} */ row) => [row.field, row]));
  const { tried } = more;
  // What failed may have been kept, and sent, after all: then it goes again exactly as it was.
  const kept = rows.some((/** @type {AnswerRow} */ row) => row.head === said.op_id);
  const asSeen = key && !("base_op" in said) && whatWasSeen(fields, key, more);
  const op = (kept && tried) || /** @type {Op} */ ({ ...said, seq, ...asSeen });
  more.tried = op;
  /** @type {Queued} */
  const queued = { audit, seq: op.seq, op, shown: more.shown, lost: more.lost, again: more.again || !!tried };
  cover(fields, queued, by);
  const changed = [...fields.values()].filter((row) => row.head === op.op_id);
  const asked = [tx.objectStore("meta").put(Math.max(seq, op.seq + 1), counter), outbox.add(queued), ...changed.map((row) => answers.put(row))];
  if (op.resolves && key) asked.push(tx.objectStore("conflicts").delete([audit, ...key]));
  asked.push(...putPhoto(tx, audit, op, more.content, more.thumb));
  // Not waited for: the commit goes to the store with them, and what fails fails the transaction.
  for (const one of asked) one.catch(() => {});
  if (op.kind === "photo.remove") await Promise.all(asked);
  if (more.replaces) {
    const gone = { op_id: newOpId(), kind: "photo.remove", criterion: op.criterion, photo: { id: more.replaces }, at_device: op.at_device };
    await putOp(tx, audit, gone, {}, by);
  }
  return queued;
}

/**
 * Our own last word is always known to us, whichever page said it; another's only when this page has shown it.
 * @param {Map<string, AnswerRow>} fields
 * @param {[string, string]} key
 * @param {More} more
 */
function whatWasSeen(fields, key, { head = null, rival = null }) {
  const seen = (/** @type {string} */ field, /** @type {string | null} */ shown) => {
    const row = fields.get(field);
    return row?.own ? row.head : shown;
  };
  const other = rivalOf(key);
  return { base_op: seen(key[1], head), ...(other && { rival_op: seen(other, rival) }) };
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
 * Without guidance, as in another language than before, it is no longer ready for offline.
 * @param {Vault} vault
 * @param {any} bundle
 */
export async function keepBundle(vault, bundle) {
  const { audit: header, template, language } = bundle;
  const { id, version } = header.checklist;
  const stores = ["audits", "templates", ...OP_STORES];
  await vault.write(stores, async (tx) => {
    const templates = tx.objectStore("templates");
    /** @type {[AuditRow | undefined, import("./guidance.js").TemplateRow | undefined]} */
    const [before, held] = await Promise.all([tx.objectStore("audits").get(header.id), templates.get([id, version, language])]);
    const kept = { id, version, language, content: template, guidance: held && guidanceIn(held) };
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
      ...(header.state === "finished" && { status: "received", received_at: before?.received_at ?? new Date().toISOString() }),
      facts: bundle.facts.map((/** @type {any} */ one) => one.fact),
      template: [id, version, language],
      cursor: fresh ? bundle.cursor : before.cursor,
      told: fresh ? bundle.cursor : before.told,
      stopped: undefined,
      ...(!guidanceIn(kept) && { ready_at: undefined }),
    };
    await Promise.all([tx.objectStore("audits").put(row), templates.put(kept)]);
    if (fresh) await replaceAnswers(tx, bundle, vault.user.name);
  });
  vault.tell({ kind: "changed", audit: header.id, criteria: null });
}

/**
 * @param {Transaction} tx
 * @param {any} bundle
 * @param {string} me
 */
async function replaceAnswers(tx, bundle, me) {
  const audit = bundle.audit.id;
  const [answers, conflicts, photos] = ["answers", "conflicts", "photos"].map((name) => tx.objectStore(name));
  const all = rangeOf(audit);
  const [held, queued] = await Promise.all([photos.index("audit").getAll(audit), tx.objectStore("outbox").getAll(all)]);
  const asked = new Set(bundle.conflicts.map((/** @type {any} */ one) => one.op_id));
  const chose = /** @type {Queued[]} */ (queued).filter((one) => one.lost);
  await Promise.all([answers.delete(all), conflicts.delete(all)]);
  await Promise.all([
    ...chose.map((one) => tx.objectStore("outbox").put({ ...one, lost: one.lost?.filter(({ op_id }) => asked.has(op_id)) })),
    ...rowsOf(bundle, queued, me).map((row) => answers.put(row)),
    ...conflictsOf(bundle, queued).map((row) => conflicts.put(row)),
    ...photosOf(bundle, held, queued).map(([row, stays]) => (stays ? photos.put(row) : photos.delete(row.id))),
  ]);
}

/**
 * What the server holds, covered by what waits here.
 * @param {any} bundle
 * @param {Queued[]} queued
 * @param {string} me
 */
function rowsOf(bundle, queued, me) {
  const audit = bundle.audit.id;
  const { cursor } = bundle;
  const facts = bundle.facts.map((/** @type {any} */ one) => ({ ...one, criterion: FACTS, field: one.fact }));
  /** @type {AnswerRow[]} */
  const rows = [...bundle.answers, ...facts].map(({ criterion, field, value, head_op, by = "", at = "" }) => {
    const stands = { value, head: head_op, by, at, own: false, cursor };
    return { audit, criterion, field, value, head: head_op, by, at, state: "sent", stands };
  });
  const covered = new Set(queued.flatMap(({ op }) => keyOf(op)?.[0] ?? []));
  const about = (/** @type {string} */ criterion) => queued.filter(({ op }) => keyOf(op)?.[0] === criterion);
  return [
    ...rows.filter((row) => !covered.has(row.criterion)),
    ...[...covered].flatMap((criterion) => replayed(rows.filter((row) => row.criterion === criterion), about(criterion), me)),
  ];
}

/**
 * The open questions, but for those that a choice waiting here settles.
 * @param {any} bundle
 * @param {Queued[]} queued
 * @returns {ConflictRow[]}
 */
function conflictsOf(bundle, queued) {
  /** @type {Map<string, ConflictRow>} */
  const found = new Map();
  const chosen = new Set(queued.flatMap(({ op }) => op.resolves ?? []));
  for (const { criterion, field, op_id, value, by, at, device_id: device } of bundle.conflicts) {
    if (chosen.has(op_id)) continue;
    const place = field === "fact" ? { criterion: FACTS, field: criterion } : { criterion, field };
    const key = `${place.criterion}/${place.field}`;
    const row = found.get(key) ?? /** @type {ConflictRow} */ ({ audit: bundle.audit.id, ...place, candidates: [] });
    row.candidates.push({ op_id, value, by, at, device });
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
