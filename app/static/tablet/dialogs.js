// The dialog with the facts about the supplier that decide what is asked.

import { el } from "./dom.js";
import { openDialog } from "./parts.js";
import { FACTS } from "./showing.js";
import { factWord, t, time } from "./words.js";

/** @typedef {import("./store.js").Store} Store */

/**
 * The facts that decide what is asked.
 * @param {Store} store
 */
export function openFacts(store) {
  const groups = Object.entries(store.template.profile).map(([fact, values]) => {
    const now = store.facts.get(fact)?.value;
    const many = Array.isArray(now) || now === null || now === undefined;
    const chosen = new Set(many ? (now ?? []) : [now]);
    const boxes = values.map((value) => el("label", { class: "choice" },
      el("input", { type: many ? "checkbox" : "radio", name: `fact-${fact}`, value, checked: chosen.has(value), disabled: !store.mayFill, change }), factWord(value)));
    const others = store.conflicts.get(`${FACTS}/${fact}`) ?? [];
    const group = el("fieldset", {}, el("legend", {}, factWord(fact)), ...others.map((one) => rivalFact(store, fact, one)), ...boxes);
    function change() {
      const marked = [...group.querySelectorAll("input:checked")].map((box) => /** @type {HTMLInputElement} */ (box).value);
      store.setFact(fact, many ? marked : (marked[0] ?? null));
    }
    return group;
  });
  openDialog(t("facts"), el("p", {}, t("facts_lead")), ...groups);
}

/**
 * A value that somebody gave at the same time as the one that stands.
 * @param {Store} store
 * @param {string} fact
 * @param {import("./keeping.js").Candidate} other
 */
function rivalFact(store, fact, other) {
  const values = [other.value ?? []].flat().map(factWord).join(", ");
  return el("p", { class: "conflict" }, el("span", {}, el("strong", {}, values || t("no_value")), ` ${t("conflict_of", { name: other.by || t("you"), time: time(other.at) })}`));
}
