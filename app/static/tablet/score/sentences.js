// Conditions as sentences, as app/checklists/sentences.py has them; its words come with the template.

import { fraction, twoDecimals } from "./exact.js";

/** @typedef {import("./exact.js").Fraction} Fraction */
/** @typedef {import("./conditions.js").Outcome} Outcome */
/** @typedef {import("../store.js").Template} Template */

const PERCENTS = new Set(["total", "every_area", "area", "every_section", "met"]);

/**
 * @param {string} shape
 * @param {Record<string, string | number>} values
 */
const fill = (shape, values) => shape.replace(/\{(\w+)\}/g, (_whole, name) => String(values[name]));

/**
 * At most two decimals, without trailing zeros, with the language's decimal sign.
 * @param {Fraction} value
 * @param {Template} template
 */
function shown(value, template) {
  return twoDecimals(value).replace(/\.?0+$/, "").replace(".", template.sentences.decimal);
}

/**
 * The condition alone: `Total score: at least 70%`.
 * @param {string} kind
 * @param {any} terms
 * @param {Template} template
 */
export function explained(kind, terms, template) {
  const say = template.sentences;
  const name = fill(say[kind], { title: titleOf(kind, terms, template), grades: (terms.grades ?? []).join(say.or) });
  const unit = PERCENTS.has(kind) ? "%" : "";
  const least = terms.min ?? terms.min_percent;
  const shape = least === undefined ? "at_most" : terms.max === undefined ? "at_least" : "between";
  const [low, high] = [least, terms.max].map((bound) => (bound === undefined ? "" : shown(fraction(bound), template) + unit));
  return fill(say[shape], { name, least: low, most: high });
}

/**
 * @param {string} kind
 * @param {any} terms
 * @param {Template} template
 */
function titleOf(kind, terms, template) {
  if (kind === "area") return template.areas.find(({ id }) => id === terms.id)?.title ?? "";
  if (kind === "findings") return template.findings[terms.grade].title ?? terms.grade;
  return kind === "met" || kind === "mean" ? template.classes[terms.class].title : "";
}

/**
 * The condition with how it stands: `Total score: at least 70% (now 64.5%)`.
 * @param {Outcome} outcome
 * @param {Template} template
 * @returns {string}
 */
export function sentence(outcome, template) {
  const say = template.sentences;
  if (!outcome.ways.length) return `${outcome.requirement.text} (${now(outcome, template)})`;
  const ways = outcome.ways.map((way) => fill(say.way, { conditions: way.map((inner) => sentence(inner, template)).join(say.and) }));
  return fill(say.any_of, { ways: ways.join(say.otherwise) });
}

/**
 * What these conditions still need, criteria without an answer first.
 * @param {Outcome[]} outcomes
 * @param {number} unanswered
 * @param {Template} template
 */
export function missingSentences(outcomes, unanswered, template) {
  const first = unanswered ? [fill(template.sentences.unanswered, { count: unanswered })] : [];
  return [...first, ...outcomes.filter(({ met }) => !met).map((outcome) => sentence(outcome, template))];
}

/**
 * @param {Outcome} outcome
 * @param {Template} template
 */
function now({ requirement: { kind }, actual: value, where, nothing }, template) {
  const say = template.sentences;
  if (value === null) return nothing ? say.nothing : say.no_result;
  const actual = shown(value, template) + (PERCENTS.has(kind) ? "%" : "");
  if (!where.length) return fill(say.now, { actual });
  if (kind === "knockouts") return fill(say.knockouts_now, { actual, where: where.join(", ") });
  const parts = kind === "every_area" ? template.areas : template.areas.flatMap((area) => area.sections);
  return fill(say.lowest, { actual, where: parts.find(({ id }) => id === where[0])?.title ?? "" });
}
