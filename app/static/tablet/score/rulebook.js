// A checklist prepared for scoring, as app/checklists/rulebook.py has it; made once for each template.

import { fraction, levelKey, plain, reaches, times } from "./exact.js";
import { explained } from "./sentences.js";

/** @typedef {import("./exact.js").Fraction} Fraction */
/** @typedef {import("../store.js").Template} Template */
/** @typedef {import("../store.js").Criterion} Criterion */
/** @typedef {import("../store.js").Condition} Condition */
/** @typedef {{key: string, points: Fraction, met: boolean, finding: number}} Reply `points` with the weight */
/**
 * @typedef {{id: string, section: number, class: string, weight: Fraction, highest: Fraction, knockout: boolean, never: boolean,
 *   replies: Map<string, Reply>, range: {min: Fraction, max: Fraction} | null, from: Fraction, at: Map<string, number>,
 *   unmet: number, heaviest: number, facts: [string, Set<string>][], after: [number, Set<string>][]}} Rule
 * @typedef {{kind: string, text: string, least: Fraction | null, most: Fraction | null, target: string, grades: Set<string | null>,
 *   ways: Requirement[][]}} Requirement
 * @typedef {{template: Template, rules: Rule[], position: Map<string, number>, conditional: number[], findings: string[],
 *   areas: {id: string, weight: Fraction, sections: number[]}[], sections: string[], areaGrades: {id: string, least: Fraction | null}[],
 *   penalties: {finding: number, percent: Fraction}[], knockoutPenalties: Fraction[], requirements: Requirement[][]}} Rulebook
 */

/** In place of a position: no finding. */
export const NOTHING = -1;

/** @type {WeakMap<Template, Rulebook>} */
const books = new WeakMap();

/** @param {Template} template */
export function rulebook(template) {
  const book = books.get(template) ?? makeBook(template);
  books.set(template, book);
  return book;
}

/** @param {Template} template @returns {Rulebook} */
function makeBook(template) {
  const findings = template.finding_order;
  const grades = new Map(findings.map((id, at) => [id, at]));
  const sections = template.areas.flatMap((area) => area.sections);
  const criteria = sections.flatMap((section, at) => section.criteria.map((criterion) => ({ criterion, section, at })));
  const position = new Map(criteria.map(({ criterion }, at) => [criterion.id, at]));
  const rules = criteria.map(({ criterion, section, at }) => {
    const facts = [...entries(section.applies_when), ...entries(criterion.applies_when)];
    const after = entries(criterion.asked_when).map(([other, levels]) => [position.get(other), new Set(levels)]);
    return { ...makeRule(template, criterion, grades), section: at, facts: facts.map(([fact, values]) => [fact, new Set(values)]), after };
  });
  let next = 0;
  const penalties = template.penalties ?? [];
  return {
    template,
    rules: /** @type {Rule[]} */ (rules),
    position,
    conditional: inOrder(/** @type {Rule[]} */ (rules)),
    findings,
    areas: template.areas.map((area) => ({ id: area.id, weight: fraction(area.weight ?? 1), sections: area.sections.map(() => next++) })),
    sections: sections.map((section) => section.id),
    areaGrades: (template.area_grades ?? []).map(({ id, min }) => ({ id, least: optional(min) })),
    penalties: penalties.flatMap((one) => (one.finding === undefined ? [] : [{ finding: grades.get(one.finding) ?? NOTHING, percent: fraction(one.percent_of_max) }])),
    knockoutPenalties: penalties.flatMap((one) => (one.knockout ? [fraction(one.percent_of_max)] : [])),
    requirements: template.grades.map((grade) => requirementsOf(template, grade)),
  };
}

/**
 * @param {Template} template
 * @param {Criterion} criterion
 * @param {Map<string, number>} grades
 */
function makeRule(template, criterion, grades) {
  const terms = own(template.classes, criterion.class);
  const { levels = [], number } = own(template.scales, criterion.scale);
  const at = new Map(entries(terms.at).map(([level, grade]) => [level, grades.get(grade) ?? NOTHING]));
  const unmet = grades.get(terms.unmet ?? "") ?? NOTHING;
  const first = criterion.compliant_from ?? levels.at(-1)?.value;
  const best = fraction(number ? number.max : levels[levels.length - 1].points);
  const weight = fraction(criterion.weight ?? 1);
  /** @type {Map<string, Reply>} */
  const replies = new Map();
  let met = false;
  for (const { value, points, finding } of levels) {
    met ||= value === first;
    const found = finding === undefined ? (at.get(value) ?? (met ? NOTHING : unmet)) : (grades.get(finding) ?? NOTHING);
    replies.set(value, { key: value, points: times(weight, fraction(points)), met, finding: found });
  }
  return {
    id: criterion.id,
    class: criterion.class,
    weight,
    highest: times(weight, best),
    knockout: criterion.knockout ?? false,
    never: criterion.not_applicable === "never",
    replies,
    range: number ? { min: fraction(number.min), max: fraction(number.max) } : null,
    from: number && criterion.compliant_from ? fraction(criterion.compliant_from) : best,
    at,
    unmet,
    heaviest: grades.get(terms.may_raise_to ?? "") ?? 0,
  };
}

/**
 * What a value means as an answer, or null when it is no answer here.
 * @param {Rule} rule
 * @param {unknown} value
 * @returns {Reply | null}
 */
export function replyTo(rule, value) {
  const said = levelKey(value);
  if (said === null || !rule.range) return rule.replies.get(said ?? "") ?? null;
  const key = plain(said);
  if (key === null) return null;
  const number = fraction(key);
  if (!reaches(number, rule.range.min) || !reaches(rule.range.max, number)) return null;
  const met = reaches(number, rule.from);
  return { key, points: times(rule.weight, number), met, finding: rule.at.get(key) ?? (met ? NOTHING : rule.unmet) };
}

/**
 * Conditional criteria, each after all that it is asked after.
 * @param {Rule[]} rules
 */
function inOrder(rules) {
  /** @type {Set<number>} */
  const order = new Set();
  rules.forEach((_rule, start) => {
    const walk = [{ at: start, leaving: false }];
    for (let step = walk.pop(); step; step = walk.pop()) {
      const { at, leaving } = step;
      if (leaving) order.add(at);
      else if (rules[at].after.length && !order.has(at)) walk.push({ at, leaving: true }, ...rules[at].after.map(([other]) => ({ at: other, leaving: false })));
    }
  });
  return [...order];
}

/**
 * A certifying grade also requires that every knock-out is met, said or not.
 * @param {Template} template
 * @param {Template["grades"][number]} grade
 */
function requirementsOf(template, grade) {
  const said = grade.requires ?? [];
  const silent = grade.certifies && !said.some((one) => one.knockouts?.max === 0);
  return [...said, ...(silent ? [{ knockouts: { max: 0 } }] : [])].map((condition) => requirement(template, condition));
}

/**
 * @param {Template} template
 * @param {Condition} condition
 * @returns {Requirement}
 */
function requirement(template, condition) {
  const [kind] = Object.keys(condition);
  const ways = (condition.any_of ?? []).map((way) => way.map((inner) => requirement(template, inner)));
  const terms = ways.length ? {} : /** @type {any} */ (condition)[kind];
  return {
    kind,
    text: ways.length ? "" : explained(kind, terms, template),
    least: optional(terms.min ?? terms.min_percent),
    most: optional(terms.max),
    target: terms.id ?? terms.grade ?? terms.class ?? "",
    grades: new Set(terms.grades),
    ways,
  };
}

/** @param {number | undefined} number */
const optional = (number) => (number === undefined ? null : fraction(number));

/**
 * What a mapping holds; its keys may be any words, also those that every object knows.
 * @template T
 * @param {Record<string, T> | undefined} mapping
 */
const entries = (mapping) => Object.entries(mapping ?? {});

/**
 * @template T
 * @param {Record<string, T>} mapping
 * @param {string} key
 * @returns {T}
 */
function own(mapping, key) {
  if (!Object.hasOwn(mapping, key)) throw new Error(`the checklist has no ${key}`);
  return mapping[key];
}
