// What answers mean, as app/checklists/answers.py and app/audits/live.py have it.

import { strip } from "./exact.js";
import { NOTHING, replyTo, rulebook } from "./rulebook.js";

/** @typedef {import("./rulebook.js").Rulebook} Rulebook */
/** @typedef {import("./rulebook.js").Rule} Rule */
/** @typedef {import("./rulebook.js").Reply} Reply */
/** @typedef {import("../store.js").Template} Template */
/** @typedef {{value?: any, na?: any, note?: any, finding?: any}} Answer */
/** @typedef {{reply: Reply | null, finding: number}} Given `reply` is null for what is set aside as not applicable */

/** @type {Record<string, "value" | "na" | "note" | "finding">} */
const NAMES = { score: "value", na: "na", comment: "note", finding: "finding" };

/**
 * Does the value mean that there is no answer?
 * @param {any} value
 */
const empty = (value) => value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

/**
 * The answers by criterion; a criterion with only a note or a grade has no answer yet.
 * @param {Iterable<[string, any]>} values by "criterion/field"
 */
export function answersFrom(values) {
  /** @type {Map<string, Answer>} */
  const answers = new Map();
  for (const [key, value] of values) {
    const cut = key.lastIndexOf("/");
    const field = key.slice(cut + 1);
    if (!Object.hasOwn(NAMES, field) || empty(value)) continue;
    const criterion = key.slice(0, cut);
    answers.set(criterion, { ...answers.get(criterion), [NAMES[field]]: value });
  }
  for (const [criterion, { value, na }] of answers) {
    if (na !== undefined) answers.set(criterion, { na });
    else if (value === undefined) answers.delete(criterion);
  }
  return answers;
}

/**
 * What one answer means; null when it does not fit and therefore counts as none. The auditor's own grade holds where
 * it is allowed, else what the answer gives by itself.
 * @param {Rulebook} book
 * @param {Rule} rule
 * @param {Answer} answer
 * @returns {Given | null}
 */
export function readAnswer(book, rule, answer) {
  if (answer.na !== undefined) return !rule.never && typeof answer.na === "string" && strip(answer.na) ? { reply: null, finding: NOTHING } : null;
  const reply = replyTo(rule, answer.value);
  if (!reply) return null;
  const own = book.findings.indexOf(answer.finding);
  return { reply, finding: own !== NOTHING && mayGive(rule, reply, own) ? own : reply.finding };
}

/**
 * The auditor may raise what the answer gives, up to the class's limit, and never lower it.
 * @param {Rule} rule
 * @param {Reply} reply
 * @param {number} grade
 */
function mayGive(rule, reply, grade) {
  if (reply.finding !== NOTHING && grade > reply.finding) return false;
  return grade >= rule.heaviest || grade === reply.finding;
}

/**
 * The criteria whose own grade is not allowed there, or has no note that says why it was raised.
 * @param {Template} template
 * @param {Map<string, Answer>} answers
 */
export function unfittingGrades(template, answers) {
  const book = rulebook(template);
  return [...answers.keys()].filter((id) => {
    const answer = /** @type {Answer} */ (answers.get(id));
    const at = book.position.get(id);
    if (answer.finding === undefined || at === undefined) return false;
    const reply = replyTo(book.rules[at], answer.value);
    const own = book.findings.indexOf(answer.finding);
    if (!reply || own === NOTHING || !mayGive(book.rules[at], reply, own)) return true;
    return own !== reply.finding && !answer.note;
  });
}

/**
 * The grade that an answer gives by itself, and the heavier ones that the auditor may choose, the heaviest first.
 * @param {Template} template
 * @param {string} criterion
 * @param {any} value
 */
export function gradesOf(template, criterion, value) {
  const book = rulebook(template);
  const rule = book.rules[book.position.get(criterion) ?? 0];
  const reply = replyTo(rule, value);
  if (!reply || reply.finding === NOTHING) return { automatic: "", heavier: [] };
  return { automatic: book.findings[reply.finding], heavier: reply.met ? [] : book.findings.slice(rule.heaviest, reply.finding) };
}
