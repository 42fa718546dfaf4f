// What this tablet knows about the audit, and what it has not sent yet. In memory, with the unsent part mirrored in
// localStorage; the same functions will later stand on IndexedDB.

import { answersFrom } from "./score/answers.js";
import { standing } from "./score/standing.js";

/**
 * @typedef {{value: string, points: number, label: string, finding?: string}} Level
 * @typedef {{levels?: Level[], number?: {min: number, max: number, unit?: string}}} Scale
 * @typedef {{kind: string, text: string}} LookFor
 * @typedef {{required_at?: string[], kinds?: string[], min?: number}} Evidence
 * @typedef {{id: string, question: string, why?: string, look_for?: LookFor[], scale: string, levels?: Record<string, string>,
 *   class: string, compliant_from?: string, knockout?: boolean, weight?: number, not_applicable?: string,
 *   applies_when?: Record<string, string[]>, asked_when?: Record<string, string[]>, evidence?: Evidence, law?: string}} Criterion
 * @typedef {{id: string, title: string, applies_when?: Record<string, string[]>, criteria: Criterion[]}} Section
 * @typedef {{id: string, title: string, weight?: number, sections: Section[]}} Area
 * @typedef {{[kind: string]: any, any_of?: Condition[][]}} Condition
 * @typedef {{id: string, title: string, certifies: boolean, requires?: Condition[]}} Grade
 * @typedef {{title: string, version: string, areas: Area[], scales: Record<string, Scale>, profile: Record<string, string[]>,
 *   classes: Record<string, {title: string, unmet?: string, may_raise_to?: string, at?: Record<string, string>}>,
 *   findings: Record<string, {title: string}>, finding_order: string[], area_grades?: {id: string, min?: number}[],
 *   total?: {of: string}, penalties?: {finding?: string, knockout?: boolean, percent_of_max: number}[], grades: Grade[],
 *   sentences: Record<string, string>}} Template
 * @typedef {"empty" | "saving" | "device" | "sent" | "conflict" | "rejected"} State
 * @typedef {{value: any, head: string | null, state: State, by: string, at: string, code?: string}} Answer
 * @typedef {{op_id: string, value: any, by: string, at: string}} Candidate
 * @typedef {{id: string, criterion: string, sha256: string, bytes: number, mime: string,
 *   state: "waiting" | "sent" | "lost" | "rejected", content?: ArrayBuffer, url?: string, code?: string}} Photo
 * @typedef {{op_id: string, seq: number, kind: string, criterion?: string, field?: string, value?: any,
 *   base_op?: string | null, [more: string]: any}} Op
 * @typedef {{device_id: string, next_seq: number, ops: Op[], refused: Op[]}} Outbox
 * @typedef {{percent: string | null, answered: number, applicable: number, complete: boolean, grade: string | null,
 *   grade_title: string, certifies: boolean, knockouts: string[], areas: {id: string, percent: string | null, answered: number, applicable: number}[],
 *   missing: {title: string, sentences: string[]} | null, finding_of: Record<string, string>, not_asked: string[]}} Result
 */

const RIVALS = { score: "na", na: "score" };

export class Store {
  /**
   * @param {any} bundle
   * @param {string} key where the unsent part is kept
   */
  constructor(bundle, key) {
    this.key = key;
    /** @type {Template} */
    this.template = bundle.template;
    this.audit = bundle.audit;
    this.user = bundle.user;
    /** @type {boolean} */
    this.mayFill = bundle.may_fill;
    /** @type {Map<string, {criterion: Criterion, section: Section, area: Area}>} */
    this.places = new Map();
    for (const area of this.template.areas)
      for (const section of area.sections)
        for (const criterion of section.criteria) this.places.set(criterion.id, { criterion, section, area });
    /** @type {Map<string, Answer>} */
    this.answers = new Map();
    /** @type {Map<string, Candidate[]>} values that lost against the standing one, by "criterion/field" */
    this.conflicts = new Map();
    /** @type {Map<string, Photo>} */
    this.photos = new Map();
    /** @type {Map<string, {value: any, head: string | null}>} */
    this.facts = new Map();
    /** @type {((criterion: string | null) => void)[]} */
    this.listeners = [];
    this.safe = true;
    /** @type {number} */
    this.cursor = bundle.cursor;
    /** @type {ReturnType<typeof answersFrom>} the answers by criterion, as they are scored */
    this.given = new Map();
    /** @type {Result} */
    this.result = standing(this.template, [], this.given);
    this.notAsked = new Set(this.result.not_asked);
    /** @type {Outbox} */
    this.outbox = this.#openOutbox();
    this.take(bundle);
  }

  /**
   * What the server holds; answers that are still on their way keep their value.
   * @param {any} bundle
   */
  take(bundle) {
    this.cursor = bundle.cursor;
    this.answers.clear();
    this.conflicts.clear();
    for (const one of bundle.answers)
      this.answers.set(`${one.criterion}/${one.field}`, { value: one.value, head: one.head_op, state: "sent", by: one.by, at: one.at });
    for (const one of bundle.facts) this.facts.set(one.fact, { value: one.value, head: one.head_op });
    for (const one of bundle.conflicts) this.addConflict(`${one.criterion}/${one.field}`, one);
    const known = new Map(this.photos);
    this.photos.clear();
    for (const one of bundle.photos)
      this.photos.set(one.id, { ...one, ...known.get(one.id), state: one.stored ? "sent" : known.get(one.id)?.content ? "waiting" : "lost" });
    for (const op of this.outbox.ops) this.#show(op, "device");
    for (const op of this.outbox.refused) if (op.kind === "answer.set") this.#show(op, "rejected");
    this.tell(null);
  }

  /** @param {(criterion: string | null) => void} listener called with the criterion that changed, null for all */
  listen(listener) {
    this.listeners.push(listener);
  }

  /**
   * Compute the result anew, then say what changed: everything, when other questions are asked than before.
   * @param {string | null} criterion
   */
  tell(criterion) {
    const before = this.result.not_asked.join();
    this.given = answersFrom([...this.answers].map(([key, { value }]) => [key, value]));
    this.result = standing(this.template, [...this.facts].map(([fact, { value }]) => [fact, value]), this.given);
    this.notAsked = new Set(this.result.not_asked);
    const changed = before === this.result.not_asked.join() ? criterion : null;
    for (const listener of this.listeners) listener(changed);
  }

  /**
   * @param {string} criterion
   * @param {string} field
   */
  value(criterion, field) {
    return this.answers.get(`${criterion}/${field}`)?.value ?? null;
  }

  /** @param {string} criterion */
  answered(criterion) {
    return this.value(criterion, "score") !== null || this.value(criterion, "na") !== null;
  }

  /** @param {string} criterion */
  photosOf(criterion) {
    return [...this.photos.values()].filter((photo) => photo.criterion === criterion);
  }

  /** How many changes the server has not confirmed. */
  get pending() {
    return this.outbox.ops.length + [...this.photos.values()].filter((photo) => photo.state === "waiting").length;
  }

  /**
   * The state of a criterion: the least settled of its fields.
   * @param {string} criterion
   * @returns {State}
   */
  stateOf(criterion) {
    /** @type {State[]} */
    const order = ["rejected", "conflict", "saving", "device", "sent"];
    const states = ["score", "na", "comment", "finding"].flatMap((field) => {
      const answer = this.answers.get(`${criterion}/${field}`);
      if (this.conflicts.has(`${criterion}/${field}`)) return ["conflict"];
      return answer && (answer.value !== null || answer.state !== "sent") ? [answer.state] : [];
    });
    if (this.photosOf(criterion).some((photo) => photo.state === "waiting")) states.push("device");
    else if (this.photosOf(criterion).length) states.push("sent");
    return order.find((state) => states.includes(state)) ?? "empty";
  }

  /**
   * Answer one field. Choosing a level puts "not applicable" aside, and the other way round.
   * @param {string} criterion
   * @param {string} field
   * @param {any} value null clears
   */
  set(criterion, field, value) {
    const key = `${criterion}/${field}`;
    if (this.conflicts.has(key)) return this.resolve(key, value);
    const head = this.answers.get(key)?.head ?? null;
    this.send({ kind: "answer.set", criterion, field, value, base_op: head });
  }

  /**
   * Settle two answers: `chosen` is the id of the one that stands, or a new value.
   * @param {string} key
   * @param {any} chosen
   */
  resolve(key, chosen) {
    const [criterion, field] = key.split("/");
    const lost = this.conflicts.get(key) ?? [];
    const standing = this.answers.get(key);
    const value = [...lost, { op_id: standing?.head, value: standing?.value }].find((one) => one.op_id === chosen);
    this.conflicts.delete(key);
    const resolves = lost.map((one) => one.op_id);
    this.send(
      { kind: "answer.resolve", criterion, field, chosen, resolves, base_op: standing?.head ?? null },
      value ? value.value : chosen,
    );
  }

  /**
   * @param {string} fact
   * @param {any} value
   */
  setFact(fact, value) {
    const head = this.facts.get(fact)?.head ?? null;
    this.send({ kind: "profile.set", fact, value, base_op: head });
  }

  /**
   * Put a change into the queue, kept on this tablet until the server confirms it.
   * @param {Omit<Op, "op_id" | "seq">} said
   * @param {any} [shown] the value that a resolved answer shows
   */
  send(said, shown) {
    const op = /** @type {Op} */ (/** @type {unknown} */ ({
      op_id: newId(),
      seq: this.outbox.next_seq++,
      at_device: new Date().toISOString(),
      ...said,
    }));
    this.outbox.ops.push(op);
    this.#mirror();
    this.#show(shown === undefined ? op : { ...op, value: shown }, "saving");
    this.tell(op.criterion ?? op.photo?.criterion ?? null);
    dispatchEvent(new Event("base:queued"));
  }

  /**
   * What the server said to one operation.
   * @param {Op} op
   * @param {any} result
   */
  settle(op, result) {
    this.outbox.ops = this.outbox.ops.filter((other) => other.op_id !== op.op_id);
    if (result.status === "rejected") this.outbox.refused.push({ ...op, code: result.code });
    this.#mirror();
    if (op.kind === "photo.add" || op.kind === "photo.remove") return;
    if (op.kind === "profile.set") {
      this.facts.set(op.fact, { value: op.value, head: result.head_op ?? null });
      return;
    }
    const key = `${op.criterion}/${op.field}`;
    const answer = this.answers.get(key);
    if (!answer || answer.head !== op.op_id) return;
    if (result.status === "rejected") Object.assign(answer, { state: "rejected", code: result.code });
    else if (result.status === "applied") Object.assign(answer, { state: "sent", head: result.head_op });
    else {
      const mine = { op_id: op.op_id, value: answer.value, by: this.user.name, at: new Date().toISOString() };
      const rival = result.theirs?.field;
      const theirs = rival ? { value: null, head: null } : { value: result.theirs?.value ?? null, head: result.head_op };
      this.answers.set(key, { ...theirs, state: "sent", by: result.theirs?.by ?? "", at: result.theirs?.at ?? "" });
      if (rival)
        this.answers.set(`${op.criterion}/${rival}`, { value: result.theirs.value, head: result.head_op, state: "sent", by: result.theirs.by, at: result.theirs.at });
      this.addConflict(key, mine);
    }
  }

  /**
   * Another device's operation.
   * @param {any} change
   */
  takeChange(change) {
    this.cursor = Math.max(this.cursor, change.cursor);
    const { result, criterion, field } = change;
    if (result.status === "rejected") return;
    if (change.kind === "photo.add") {
      const photo = change.photo;
      if (!this.photos.has(photo.id)) this.photos.set(photo.id, { ...photo, state: "sent" });
      return;
    }
    if (change.kind === "photo.remove") return void this.photos.delete(change.photo.id);
    if (result.status === "applied" && change.kind === "profile.set")
      return void this.facts.set(change.fact, { value: change.value, head: result.head_op });
    if (change.kind !== "answer.set" && change.kind !== "answer.resolve") return;
    const key = `${criterion}/${field}`;
    const value = "value" in result ? result.value : change.value;
    if (result.status === "conflict") return this.addConflict(key, { op_id: change.op_id, value, by: change.by, at: change.received_at });
    if (change.kind === "answer.resolve") this.conflicts.delete(key);
    if (this.outbox.ops.some((op) => op.criterion === criterion && op.field === field)) return; // ours is on its way
    if (result.head_op === change.op_id)
      this.answers.set(key, { value, head: change.op_id, state: "sent", by: change.by, at: change.received_at });
    if (result.clears)
      this.answers.set(`${criterion}/${result.clears}`, { value: null, head: change.op_id, state: "sent", by: change.by, at: change.received_at });
  }

  /**
   * @param {string} key
   * @param {Candidate} candidate
   */
  addConflict(key, { op_id, value, by, at }) {
    const others = (this.conflicts.get(key) ?? []).filter((one) => one.op_id !== op_id && one.by !== by);
    this.conflicts.set(key, [...others, { op_id, value, by, at }]);
  }

  /** @param {string} criterion forget refused changes; the bundle brings back what stands */
  discard(criterion) {
    this.outbox.refused = this.outbox.refused.filter((op) => op.criterion !== criterion);
    this.#mirror();
  }

  /** Nothing is on its way: what is queued is kept on this tablet. */
  park() {
    for (const answer of this.answers.values()) if (answer.state === "saving") answer.state = "device";
  }

  /** What this tablet believes stands, for the end of the visit. */
  manifest() {
    const answers = [...this.answers].filter(([, answer]) => answer.value !== null && answer.value !== "");
    return {
      answers: Object.fromEntries(answers.map(([key, answer]) => [key, answer.head])),
      photos: Object.fromEntries([...this.photos.values()].map((photo) => [photo.id, photo.sha256])),
    };
  }

  /**
   * @param {Op} op
   * @param {State} state
   */
  #show(op, state) {
    if (op.kind === "profile.set") this.facts.set(op.fact, { value: op.value, head: op.op_id });
    if (op.kind === "photo.remove") this.photos.delete(op.photo.id);
    if (op.kind === "photo.add" && !this.photos.has(op.photo.id)) this.photos.set(op.photo.id, { ...op.photo, state: "lost" });
    if (!op.criterion || !op.field || !op.kind.startsWith("answer")) return;
    const said = { head: op.op_id, state, by: this.user.name, at: op.at_device, code: op.code };
    this.answers.set(`${op.criterion}/${op.field}`, { ...said, value: op.value ?? null });
    const rival = RIVALS[/** @type {"score" | "na"} */ (op.field)];
    if (rival && op.value !== null && this.value(op.criterion, rival) !== null && state !== "rejected")
      this.answers.set(`${op.criterion}/${rival}`, { ...said, value: null, state: "sent" });
  }

  /** The queue that an earlier visit of this page left, or a new one. @returns {Outbox} */
  #openOutbox() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key) ?? "null");
      if (kept?.device_id) return kept;
    } catch {
      this.safe = false;
    }
    return { device_id: newId(), next_seq: 1, ops: [], refused: [] };
  }

  #mirror() {
    try {
      localStorage.setItem(this.key, JSON.stringify(this.outbox));
      this.safe = true;
    } catch {
      this.safe = false;
    }
  }
}

/** A random UUID, also where the page is not served by https. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
