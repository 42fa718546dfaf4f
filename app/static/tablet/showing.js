// What a field shows: what the server said stands, and on top of it our own operations that it has not confirmed.
// The same steps as tests/model_tablet.py, where they are proved against the server.

/** @typedef {import("./keeping.js").AnswerRow} AnswerRow */
/** @typedef {import("./keeping.js").Queued} Queued */
/** @typedef {import("./mirror.js").Said} Said */

/** Facts are kept beside the answers, under a criterion that no checklist can have. */
export const FACTS = ":fact";
/** @type {Record<string, string>} */
const RIVALS = { score: "na", na: "score" };

/**
 * The field that an operation is about, as criterion and field.
 * @param {Said} op
 * @returns {[string, string] | null}
 */
export function keyOf(op) {
  if (op.kind === "profile.set") return [FACTS, op.fact];
  return op.kind.startsWith("answer") && op.criterion && op.field ? [op.criterion, op.field] : null;
}

/**
 * The field that excludes this one.
 * @param {[string, string]} key
 * @returns {string | null}
 */
export function rivalOf([criterion, field]) {
  return criterion === FACTS ? null : (RIVALS[field] ?? null);
}

/** The value that an operation shows. @param {{op: Said, shown?: any}} queued */
export const meant = ({ op, shown }) => (shown === undefined ? op.value : shown) ?? null;

/**
 * What the server does not have yet: operations that are not set aside, and photos. A photo that waits with the
 * operation that announces it is one change.
 * @param {Queued[]} queued
 * @param {{id: string, audit: string, state: string}[]} photos
 */
export function unsent(queued, photos) {
  const waiting = photos.filter((one) => one.state === "waiting");
  const announced = new Set(waiting.map((one) => one.id));
  const ops = queued.filter((one) => !one.quarantine && !(one.op.kind === "photo.add" && announced.has(one.op.photo.id)));
  return { ops, photos: waiting };
}

/** @param {any} value */
const empty = (value) => value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

/**
 * The rows of one criterion anew.
 * @param {AnswerRow[]} rows as they are
 * @param {Queued[]} queued our operations about it, in their order, those set aside too
 * @param {string} by whose
 */
export function replayed(rows, queued, by) {
  /** @type {Map<string, AnswerRow>} */
  const fields = new Map(rows.map((row) => [row.field, confirmed(row)]));
  for (const one of queued) cover(fields, one, by);
  return [...fields.values()];
}

/** @param {AnswerRow} row @returns {AnswerRow} */
function confirmed({ audit, criterion, field, stands }) {
  const { value = null, head = null, by = "", at = "", own = false } = stands ?? {};
  return { audit, criterion, field, value, head, by, at, own, state: "sent", stands };
}

/**
 * Let one of our operations cover what its field shows. A level puts "not applicable" aside, and the other way round.
 * @param {Map<string, AnswerRow>} fields the rows of its criterion
 * @param {Pick<Queued, "audit" | "op" | "shown" | "quarantine">} queued
 * @param {string} by
 */
export function cover(fields, queued, by) {
  const { audit, op, quarantine } = queued;
  const key = keyOf(op);
  if (!key) return;
  const [criterion, field] = key;
  const value = meant(queued);
  const said = { audit, criterion, head: op.op_id, by, at: op.at_device, own: true };
  const state = quarantine ? "rejected" : "device";
  fields.set(field, { ...said, field, value, state, code: quarantine, stands: fields.get(field)?.stands });
  const rival = rivalOf(key);
  const other = rival && !quarantine && !empty(value) ? fields.get(rival) : undefined;
  if (rival && other && !empty(other.value)) fields.set(rival, { ...said, field: rival, value: null, state, stands: other.stands });
}
