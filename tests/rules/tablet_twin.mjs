// What the tablet computes for cases that the Python engine has computed too: node tablet_twin.mjs SCORE_FOLDER < cases
// A case: {template (its place), facts, values by "criterion/field", photos by criterion}. Prints one list of results.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const folder = pathToFileURL(`${process.argv[2]}/`);
const [{ answersFrom, gradesOf, unfittingGrades }, { lacksEvidence }, { standing }] = await Promise.all(
  ["answers.js", "evidence.js", "standing.js"].map((name) => import(new URL(name, folder))),
);

const { templates, cases } = JSON.parse(readFileSync(0, "utf8"));
const results = cases.map(({ template: at, facts, values, photos }) => {
  const template = templates[at];
  const taken = new Map(Object.entries(photos));
  const given = answersFrom(Object.entries(values));
  const result = standing(template, Object.entries(facts), given);
  const asked = template.areas
    .flatMap((area) => area.sections)
    .flatMap((section) => section.criteria)
    .filter((criterion) => !result.not_asked.includes(criterion.id));
  return {
    result,
    unfitting_grades: unfittingGrades(template, given),
    without_evidence: asked.filter((one) => lacksEvidence(one, given.get(one.id), taken.get(one.id) ?? 0)).map((one) => one.id),
    grades_of: Object.fromEntries(asked.map((one) => [one.id, gradesOf(template, one.id, given.get(one.id)?.value)])),
  };
});
process.stdout.write(JSON.stringify(results));
