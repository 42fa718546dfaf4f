// The open audit, as this tablet keeps it: read from the tablet's store; every change is written there first.

import { guidanceIn, keepGuidance } from "./guidance.js";
import { readPicture, readTemplate } from "./reading.js";
import { putBack } from "./recovery.js";
import { Saving } from "./saving.js";
import { answersFrom } from "./score/answers.js";
import { standing } from "./score/standing.js";
import { discard } from "./settling.js";
import { FACTS, keyOf, rivalOf, unsent } from "./showing.js";
import { newOpId } from "./vault.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./keeping.js").Op} Op */
/** @typedef {import("./keeping.js").Queued} Queued */
/** @typedef {import("./keeping.js").Candidate} Candidate */
/** @typedef {import("./mirror.js").Said} Said */
/** @typedef {import("./reading.js").Picture} Picture */

/**
 * @typedef {{value: string, points: number, label: string, finding?: string}} Level
 * @typedef {{levels?: Level[], number?: {min: number, max: number, unit?: string}}} Scale
 * @typedef {{kind: string, text: string}} LookFor
 * @typedef {{required_at?: string[], kinds?: string[], min?: number}} Evidence
 * @typedef {{id: string, question: string, why?: string, look_for?: LookFor[], scale: string, levels?: Record<string, string>, guided?: boolean,
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
 * @typedef {{value: any, head: string | null, state: State, by: string, at: string, own?: boolean, code?: string}} Answer
 * @typedef {Omit<import("./keeping.js").PhotoRow, "state"> & {state: "waiting" | "sent" | "lost" | "rejected", url?: string}} Photo
 * @typedef {{percent: string | null, answered: number, applicable: number, complete: boolean, grade: string | null,
 *   grade_title: string, certifies: boolean, knockouts: string[], areas: {id: string, percent: string | null, answered: number, applicable: number}[],
 *   missing: {title: string, sentences: string[]} | null, finding_of: Record<string, string>, not_asked: string[]}} Result
 * @typedef {{given: ReturnType<typeof answersFrom>, result: Result, notAsked: Set<string>}} Scored
 */

const FIELDS = ["score", "na", "comment", "finding", "response"];
const FEW = 4;

export class Store {
  /**
   * @param {Vault} vault
   * @param {Picture} picture what the vault holds of this audit
   * @param {import("./guidance.js").TemplateRow} held
   */
  constructor(vault, picture, held) {
    const { row } = picture;
    this.vault = vault;
    this.template = held.content;
    this.guidance = guidanceIn(held);
    this.audit = row.header;
    this.user = vault.user;
    this.mayFill = row.may_fill;
    this.row = row;
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
    /** @type {Map<string, {value: any, head: string | null, by?: string, at?: string}>} */
    this.facts = new Map();
    /** @type {Queued[]} operations that the server has not confirmed, those set aside too */
    this.queued = [];
    this.saving = new Saving(this);
    /** @type {((criterion: string | null, tapped: boolean) => void)[]} */
    this.listeners = [];
    this.cursor = row.cursor;
    this.full = false;
    this.clockOffset = 0;
    /** @type {Scored | null} */
    this.scored = null;
    this.missed = false;
    this.#take(picture, null);
    this.tell(null);
    vault.listen((message) => this.#hear(message));
    vault.rescue = (database) => putBack(database, this);
  }

  /**
   * The audit as this tablet keeps it, or null when it does not.
   * @param {Vault} vault
   * @param {string} audit
   */
  static async load(vault, audit) {
    const picture = await readPicture(vault, audit, null, new Set());
    const held = picture && (await readTemplate(vault, picture.row));
    return held ? new Store(vault, picture, held) : null;
  }

  /** Why, what to look for, the legal basis of every question; fails when they are not here and do not come. */
  async guide() {
    return (this.guidance ??= await keepGuidance(this.vault, this.audit.id));
  }

  /** Does the tablet keep what is answered? */
  get safe() {
    return !this.saving.stuck && !this.vault.failed;
  }

  /**
   * @param {(criterion: string | null, tapped: boolean) => void} listener called with the criterion that changed, null
   *   for all; `tapped`: a level of it is being kept, or is kept now
   */
  listen(listener) {
    this.listeners.push(listener);
  }

  /** The answers by criterion, as they are scored. */
  get given() {
    return this.#score().given;
  }

  get result() {
    return this.#score().result;
  }

  get notAsked() {
    return this.#score().notAsked;
  }

  /** Computed when somebody asks: a tap is kept before its result is known. */
  #score() {
    if (this.scored) return this.scored;
    const given = answersFrom([...this.answers].map(([key, { value }]) => [key, value]));
    const result = standing(this.template, [...this.facts].map(([fact, { value }]) => [fact, value]), given);
    return (this.scored = { given, result, notAsked: new Set(result.not_asked) });
  }

  /**
   * Say that values are other ones.
   * @param {string | null} criterion
   * @param {boolean} [tapped]
   */
  tell(criterion, tapped = false) {
    this.scored = null;
    this.redraw(criterion, tapped);
  }

  /**
   * Say what looks different; no value is another one.
   * @param {string | null} criterion
   * @param {boolean} [tapped]
   */
  redraw(criterion, tapped = false) {
    for (const listener of this.listeners) listener(criterion, tapped);
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
    const { ops, photos } = unsent(this.queued, [...this.photos.values()]);
    return ops.length + photos.length + this.saving.length;
  }

  /**
   * The state of a criterion: the least settled of its fields.
   * @param {string} criterion
   * @returns {State}
   */
  stateOf(criterion) {
    /** @type {State[]} */
    const order = ["rejected", "conflict", "saving", "device", "sent"];
    const states = FIELDS.flatMap((field) => {
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
   * @param {string | null} [head] the operation that the person saw, where it may not be the one that stands
   */
  set(criterion, field, value, head) {
    const key = `${criterion}/${field}`;
    if (this.conflicts.has(key)) return this.resolve(key, value);
    return this.send({ kind: "answer.set", criterion, field, value }, head === undefined ? {} : { head });
  }

  /**
   * Settle two answers: `chosen` is the id of the one that stands, or a new value.
   * @param {string} key
   * @param {any} chosen
   */
  resolve(key, chosen) {
    const [criterion, field] = partsOf(key);
    const lost = this.conflicts.get(key) ?? [];
    const standing = this.standing(key);
    const value = [...lost, { op_id: standing?.head, value: standing?.value }].find((one) => one.op_id === chosen);
    if (criterion === FACTS) return this.setFact(field, value?.value);
    this.conflicts.delete(key);
    const resolves = lost.map((one) => one.op_id);
    return this.send({ kind: "answer.resolve", criterion, field, chosen, resolves }, { shown: value ? value.value : chosen, lost });
  }

  /**
   * @param {string} fact
   * @param {any} value
   */
  setFact(fact, value) {
    const key = `${FACTS}/${fact}`;
    const lost = this.conflicts.get(key) ?? [];
    this.conflicts.delete(key);
    return this.send({ kind: "profile.set", fact, value, ...(lost.length && { resolves: lost.map((one) => one.op_id) }) }, { lost });
  }

  /**
   * Keep a change on this tablet and send it when there is a network.
   * @param {Pick<Op, "kind"> & Partial<Op>} said
   * @param {Pick<import("./keeping.js").More, "shown" | "lost" | "head" | "content" | "thumb" | "replaces">} [more]
   * @returns {Promise<void>} kept; fails only for a photo for which there is no room
   */
  send(said, more = {}) {
    const at_device = new Date(Date.now() + this.clockOffset).toISOString();
    const op = { op_id: newOpId(), at_device, ...said };
    const key = keyOf(op);
    const rival = key && rivalOf(key);
    const head = (/** @type {string} */ field) => this.standing(`${key?.[0]}/${field}`)?.head ?? null;
    const seen = key && { head: head(key[1]), ...(rival && { rival: head(rival) }) };
    const kept = this.saving.add({ op, ...seen, ...more }); // first: what is shown counts it
    this.#show(op, more.shown);
    return kept;
  }

  /** The value on the screen, and the operation that gave it. @param {string} key */
  standing(key) {
    const [criterion, field] = partsOf(key);
    return criterion === FACTS ? this.facts.get(field) : this.answers.get(key);
  }

  /** Forget refused changes. @param {string} criterion */
  async discard(criterion) {
    await discard(this.vault, this.audit.id, criterion);
    await this.refresh(null);
  }

  /** What this tablet believes stands, for the end of the visit. */
  manifest() {
    const answers = [...this.answers].filter(([, answer]) => answer.value !== null && answer.value !== "");
    const photos = [...this.photos.values()];
    const sums = (/** @type {Photo[]} */ some) => Object.fromEntries(some.map((photo) => [photo.id, photo.sha256]));
    return {
      answers: Object.fromEntries(answers.map(([key, answer]) => [key, answer.head])),
      photos: sums(photos.filter((photo) => photo.kind !== "signature")),
      signatures: sums(photos.filter((photo) => photo.kind === "signature")),
    };
  }

  /**
   * Look at the vault again.
   * @param {string[] | null} criteria only these, null for everything
   */
  async refresh(criteria) {
    const wanted = criteria && criteria.length <= FEW ? criteria : null;
    const known = new Set([...this.photos.values()].filter((photo) => photo.url).map((photo) => photo.id));
    const picture = await readPicture(this.vault, this.audit.id, wanted, known).catch(() => null);
    if (!picture) return;
    this.#take(picture, wanted);
    this.tell(wanted?.length === 1 ? wanted[0] : null);
  }

  /** @param {import("./vault.js").Message} message */
  #hear({ kind, audit, criteria = null }) {
    if (kind === "changed" && (!audit || audit === this.audit.id)) void this.refresh(criteria);
    if (kind === "failed" || kind === "restored") this.redraw(null);
    if (kind === "restored") void this.saving.retry();
  }

  /**
   * @param {Picture} picture
   * @param {string[] | null} criteria
   */
  #take(picture, criteria) {
    const { row, queued, photos, full } = picture;
    const busy = new Set(this.saving.jobs.map(({ op }) => keyOf(op)?.[0]));
    if (busy.size) this.missed = true; // what is being saved is read again afterwards
    const told = (/** @type {string} */ criterion) => !busy.has(criterion) && (!criteria || criteria.includes(criterion));
    for (const map of [this.answers, this.conflicts]) for (const key of map.keys()) if (told(partsOf(key)[0])) map.delete(key);
    for (const { criterion, field, ...answer } of picture.answers) {
      if (!told(criterion)) continue;
      if (criterion === FACTS) this.facts.set(field, answer);
      else this.answers.set(`${criterion}/${field}`, answer);
    }
    for (const { criterion, field, candidates } of picture.conflicts) if (told(criterion)) this.conflicts.set(`${criterion}/${field}`, candidates);
    this.#takePhotos(photos, picture.thumbs);
    this.queued = queued;
    this.full = full;
    this.cursor = row.cursor;
    this.clockOffset = picture.clockOffset;
    this.row = row;
  }

  /**
   * @param {import("./keeping.js").PhotoRow[]} rows
   * @param {Map<string, ArrayBuffer>} thumbs
   */
  #takePhotos(rows, thumbs) {
    const before = this.photos;
    const shown = (/** @type {string} */ id) => before.get(id)?.url ?? addressOf(thumbs.get(id));
    this.photos = new Map(rows.map((row) => [row.id, /** @type {Photo} */ ({ ...row, url: shown(row.id) })]));
    for (const [id, { url }] of before) if (url && !this.photos.has(id)) URL.revokeObjectURL(url);
  }

  /**
   * An operation is kept now.
   * @param {Said} op
   * @param {Queued | null} queued
   */
  kept(op, queued) {
    if (queued) this.queued.push(queued);
    for (const answer of [...this.answers.values()]) if (answer.head === op.op_id && answer.state === "saving") answer.state = "device";
    const criterion = op.criterion ?? op.photo?.criterion ?? null;
    if (op.photo) void this.refresh(criterion ? [criterion] : null);
    else this.redraw(criterion, isTap(op));
    dispatchEvent(new Event("base:queued"));
  }

  /** Nothing is being saved any more. */
  settled() {
    if (!this.missed || this.saving.length) return;
    this.missed = false;
    void this.refresh(null);
  }

  /**
   * Let an operation be seen before it is kept.
   * @param {Said} op
   * @param {any} shown
   */
  #show(op, shown) {
    const key = keyOf(op);
    if (key && key[0] === FACTS) this.facts.set(op.fact, { value: op.value, head: op.op_id });
    else if (key) {
      /** @type {Answer} */
      const said = { value: (shown === undefined ? op.value : shown) ?? null, head: op.op_id, state: "saving", by: this.user.name, at: op.at_device, own: true };
      this.answers.set(key.join("/"), said);
      const rival = rivalOf(key);
      if (rival && said.value !== null && this.value(key[0], rival) !== null) this.answers.set(`${key[0]}/${rival}`, { ...said, value: null });
    }
    if (op.kind === "photo.remove") this.photos.delete(op.photo.id);
    this.tell(op.criterion ?? op.photo?.criterion ?? null, isTap(op));
  }
}

/** @param {Said} op */
const isTap = (op) => op.field === "score" && !op.resolves;

/** @param {string} key "criterion/field" */
const partsOf = (key) => [key.slice(0, key.lastIndexOf("/")), key.slice(key.lastIndexOf("/") + 1)];

/** @param {ArrayBuffer | undefined} thumb */
const addressOf = (thumb) => (thumb ? URL.createObjectURL(new Blob([thumb], { type: "image/jpeg" })) : undefined);
