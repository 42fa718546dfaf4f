// How each condition of a grade stands, as app/checklists/conditions.py has it. What has nothing applicable takes no
// part; what is merely not answered yet is not met.

import { ZERO, over, reaches, whole } from "./exact.js";

/** @typedef {import("./exact.js").Fraction} Fraction */
/** @typedef {import("./rulebook.js").Requirement} Requirement */
/**
 * @typedef {{id: string, points: Fraction, max: Fraction, percent: Fraction | null, answered: number, applicable: number}} Part
 * @typedef {{applicable: number, met: number, weight: Fraction, points: Fraction, open: number}} Tally
 * @typedef {{total: Part, areas: (Part & {grade: string | null})[], sections: Part[], findings: Map<string, number>,
 *   knockouts: string[], classes: Map<string, Tally>}} Standing
 * @typedef {{requirement: Requirement, actual: Fraction | null, met: boolean, where: string[], nothing: boolean, ways: Outcome[][]}} Outcome
 */

/**
 * @param {Requirement} requirement
 * @param {Fraction | null} actual
 * @param {boolean} met
 * @param {{where?: string[], nothing?: boolean, ways?: Outcome[][]}} [more]
 * @returns {Outcome}
 */
const outcome = (requirement, actual, met, { where = [], nothing = false, ways = [] } = {}) => ({ requirement, actual, met, where, nothing, ways });

/**
 * @param {Requirement} requirement
 * @param {Fraction | null} actual
 * @param {string[]} [where]
 */
const atLeast = (requirement, actual, where) =>
  outcome(requirement, actual, actual !== null && reaches(actual, requirement.least ?? ZERO), { where });

/**
 * @param {Requirement} requirement
 * @param {number} count
 * @param {string[]} [where]
 */
const atMost = (requirement, count, where) => outcome(requirement, whole(count), reaches(requirement.most ?? ZERO, whole(count)), { where });

/**
 * Met when every part with a percent has enough, and there is such a part.
 * @param {Requirement} requirement
 * @param {Part[]} parts
 */
function lowest(requirement, parts) {
  /** @type {{percent: Fraction, id: string} | null} */
  let least = null;
  for (const { percent, id } of parts) if (percent && (!least || !reaches(percent, least.percent))) least = { percent, id };
  return least ? atLeast(requirement, least.percent, [least.id]) : atLeast(requirement, null);
}

/**
 * Of a class: nothing that applies does not stand in the way; what has no answer yet does.
 * @param {Requirement} requirement
 * @param {Standing} standing
 * @param {(tally: Tally) => Fraction | null} measure
 */
function ofClass(requirement, standing, measure) {
  const tally = standing.classes.get(requirement.target);
  const actual = tally ? measure(tally) : null;
  const open = tally !== undefined && tally.open > 0;
  return actual ? atLeast(requirement, actual) : outcome(requirement, null, !open, { nothing: !open });
}

/** @type {Record<string, (requirement: Requirement, standing: Standing) => Outcome>} */
const JUDGES = {
  total: (requirement, { total }) => atLeast(requirement, total.percent),
  points: (requirement, { total }) => atLeast(requirement, total.points),
  every_area: (requirement, { areas }) => lowest(requirement, areas),
  every_section: (requirement, { sections }) => lowest(requirement, sections),
  findings: (requirement, { findings }) => atMost(requirement, findings.get(requirement.target) ?? 0),
  knockouts: (requirement, { knockouts }) => atMost(requirement, knockouts.length, knockouts),
  area(requirement, { areas }) {
    const area = areas.find(({ id }) => id === requirement.target);
    if (!area || (area.percent === null && area.answered === area.applicable)) return outcome(requirement, null, true, { nothing: true });
    return atLeast(requirement, area.percent);
  },
  met: (requirement, standing) =>
    ofClass(requirement, standing, ({ applicable, met }) => (applicable ? over(whole(100 * met), whole(applicable)) : null)),
  mean: (requirement, standing) => ofClass(requirement, standing, ({ weight, points }) => (weight.n ? over(points, weight) : null)),
  areas_graded(requirement, { areas }) {
    const count = whole(areas.filter(({ grade }) => requirement.grades.has(grade)).length);
    const { least, most } = requirement;
    return outcome(requirement, count, (!least || reaches(count, least)) && (!most || reaches(most, count)));
  },
  any_of(requirement, standing) {
    const ways = requirement.ways.map((way) => way.map((inner) => judge(inner, standing)));
    return outcome(requirement, null, ways.some((way) => way.every(({ met }) => met)), { ways });
  },
};

/**
 * How one condition stands.
 * @param {Requirement} requirement
 * @param {Standing} standing
 */
export function judge(requirement, standing) {
  return JUDGES[requirement.kind](requirement, standing);
}
