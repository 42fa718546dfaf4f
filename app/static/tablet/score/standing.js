// The score of what has been answered so far: what app/checklists/scoring.py computes and app/audits/live.py shows.

import { readAnswer } from "./answers.js";
import { judge } from "./conditions.js";
import { ZERO, minus, over, plus, reaches, times, twoDecimals, whole } from "./exact.js";
import { NOTHING, rulebook } from "./rulebook.js";
import { missingSentences } from "./sentences.js";

/** @typedef {import("./exact.js").Fraction} Fraction */
/** @typedef {import("./rulebook.js").Rulebook} Rulebook */
/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").Given} Given */
/** @typedef {import("./conditions.js").Part} Part */
/** @typedef {import("./conditions.js").Outcome} Outcome */
/** @typedef {import("./conditions.js").Standing} Standing */
/** @typedef {import("../store.js").Template} Template */
/** @typedef {import("../store.js").Result} Result */
/** @typedef {Standing & {asked: boolean[], unanswered: number, findingOf: [string, string][]}} Sums */

/**
 * The result for the screen: percents as decimal strings, sentences in the template's language.
 * @param {Template} template
 * @param {Iterable<[string, any]>} facts about the supplier, each one value or a list
 * @param {Map<string, Answer>} answers what does not fit the checklist counts as no answer
 * @returns {Result}
 */
export function standing(template, facts, answers) {
  const book = rulebook(template);
  const given = book.rules.map((rule) => {
    const answer = answers.get(rule.id);
    return answer ? readAnswer(book, rule, answer) : null;
  });
  const sums = addUp(book, given, askedNow(book, facts, given));
  const { total, areas, knockouts, findingOf, unanswered } = sums;
  const complete = unanswered === 0;
  const grades = book.requirements.map((requirements) => requirements.map((requirement) => judge(requirement, sums)));
  const reached = complete ? template.grades[grades.findIndex(allMet)] : undefined;
  return {
    complete,
    answered: total.answered,
    applicable: total.applicable,
    percent: percent(total),
    areas: areas.map((area) => ({ id: area.id, percent: percent(area), answered: area.answered, applicable: area.applicable })),
    grade: reached?.id ?? null,
    grade_title: reached?.title ?? "",
    certifies: reached?.certifies ?? false,
    missing: missing(template, grades, unanswered),
    knockouts,
    finding_of: Object.fromEntries(findingOf),
    not_asked: book.rules.filter((_rule, at) => !sums.asked[at]).map(({ id }) => id),
  };
}

/** @param {Outcome[]} outcomes */
const allMet = (outcomes) => outcomes.every(({ met }) => met);

/** @param {Part} part */
const percent = (part) => (part.percent ? twoDecimals(part.percent) : null);

/**
 * What is missing for the next better grade than the present standing; null when there is none better.
 * @param {Template} template
 * @param {Outcome[][]} grades
 * @param {number} unanswered
 */
function missing(template, grades, unanswered) {
  const reached = grades.findIndex(allMet);
  const present = reached < 0 ? grades.length - 1 : reached;
  if (present === 0 && unanswered === 0) return null;
  const better = Math.max(present - 1, 0);
  return { title: template.grades[better].title, sentences: missingSentences(grades[better], unanswered, template) };
}

/**
 * Which criteria are asked: by the supplier's facts, then by the answers to others.
 * @param {Rulebook} book
 * @param {Iterable<[string, any]>} facts
 * @param {(Given | null)[]} given
 */
function askedNow(book, facts, given) {
  /** @type {Map<string, any[]>} */
  const known = new Map();
  for (const [fact, values] of facts) known.set(fact, Array.isArray(values) ? values : [values]);
  const asked = book.rules.map((rule) => rule.facts.every(([fact, values]) => known.get(fact)?.some((value) => values.has(value))));
  for (const at of book.conditional)
    asked[at] &&= book.rules[at].after.every(([other, levels]) => asked[other] && levels.has(given[other]?.reply?.key ?? ""));
  return asked;
}

/**
 * @param {Rulebook} book
 * @param {(Given | null)[]} given
 * @param {boolean[]} asked
 * @returns {Sums}
 */
function addUp(book, given, asked) {
  const sections = book.sections.map((id) => ({ id, points: ZERO, max: ZERO, percent: null, answered: 0, applicable: 0 }));
  const classes = new Map(Object.keys(book.template.classes).map((name) => [name, { applicable: 0, met: 0, weight: ZERO, points: ZERO, open: 0 }]));
  const counts = book.findings.map(() => 0);
  /** @type {[string, string][]} */
  const findingOf = [];
  /** @type {string[]} */
  const knockouts = [];
  let unanswered = 0;
  book.rules.forEach((rule, at) => {
    if (!asked[at]) return;
    const answer = given[at];
    const section = sections[rule.section];
    const tally = /** @type {import("./conditions.js").Tally} */ (classes.get(rule.class));
    section.applicable += 1;
    if (!answer) {
      unanswered += 1;
      tally.open += 1;
      return;
    }
    section.answered += 1;
    const { reply, finding } = answer;
    if (!reply) return;
    section.points = plus(section.points, reply.points);
    section.max = plus(section.max, rule.highest);
    tally.applicable += 1;
    tally.met += reply.met ? 1 : 0;
    tally.weight = plus(tally.weight, rule.weight);
    tally.points = plus(tally.points, reply.points);
    if (!reply.met && rule.knockout) knockouts.push(rule.id);
    if (finding === NOTHING) return;
    counts[finding] += 1;
    findingOf.push([rule.id, book.findings[finding]]);
  });
  const parts = sections.map((section) => sum(section.id, [section]));
  const areas = book.areas.map(({ id, sections: numbers }) => graded(book, sum(id, numbers.map((number) => sections[number]))));
  const total = { ...sum("", sections), percent: totalPercent(book, areas, sum("", sections), counts, knockouts.length) };
  const findings = new Map(book.findings.map((id, at) => [id, counts[at]]));
  return { asked, unanswered, total, areas, sections: parts, classes, findings, knockouts, findingOf };
}

/**
 * @param {string} id
 * @param {Part[]} parts
 * @returns {Part} their sum, without percent where nothing can be counted
 */
function sum(id, parts) {
  const points = parts.reduce((all, part) => plus(all, part.points), ZERO);
  const max = parts.reduce((all, part) => plus(all, part.max), ZERO);
  return {
    id,
    points,
    max,
    percent: max.n > 0n ? over(times(whole(100), points), max) : null,
    answered: parts.reduce((all, part) => all + part.answered, 0),
    applicable: parts.reduce((all, part) => all + part.applicable, 0),
  };
}

/**
 * No grade while a criterion of the area has no answer, as for the whole.
 * @param {Rulebook} book
 * @param {Part} area
 */
function graded(book, area) {
  const { percent: reached } = area;
  const done = reached !== null && area.answered === area.applicable;
  const grade = done ? book.areaGrades.find(({ least }) => least === null || reaches(reached, least)) : undefined;
  return { ...area, grade: grade?.id ?? null };
}

/**
 * @param {Rulebook} book
 * @param {Part[]} areas
 * @param {Part} pooled
 * @param {number[]} counts of findings
 * @param {number} knockouts
 */
function totalPercent(book, areas, pooled, counts, knockouts) {
  const before = beforePenalties(book, areas, pooled);
  if (before === null) return null;
  const taken = [
    ...book.knockoutPenalties.map((each) => times(each, whole(knockouts))),
    ...book.penalties.map(({ finding, percent: each }) => times(each, whole(counts[finding]))),
  ];
  return taken.reduce(minus, before);
}

/**
 * @param {Rulebook} book
 * @param {Part[]} areas
 * @param {Part} pooled
 * @returns {Fraction | null}
 */
function beforePenalties(book, areas, pooled) {
  const of = book.template.total?.of ?? "areas";
  if (of === "points") return pooled.percent;
  const counted = areas.flatMap(({ percent: reached }, at) => (reached ? [{ reached, weight: book.areas[at].weight }] : []));
  if (of === "lowest_area") return counted.reduce((least, { reached }) => (least && reaches(reached, least) ? least : reached), /** @type {Fraction | null} */ (null));
  const weights = counted.reduce((all, { weight }) => plus(all, weight), ZERO);
  return weights.n ? over(counted.reduce((all, { weight, reached }) => plus(all, times(weight, reached)), ZERO), weights) : null;
}
