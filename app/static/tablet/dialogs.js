// The dialog with the facts about the supplier that decide what is asked.

import { conflictKey, drawConflict } from "./conflicts.js";
import { el } from "./dom.js";
import { openDialog } from "./parts.js";
import { FACTS } from "./showing.js";
import { factWord, t } from "./words.js";

/** @typedef {import("./store.js").Store} Store */

/** @typedef {{fact: string, element: HTMLElement, key: string}} Group */

/**
 * The facts that decide what is asked; what somebody else says while the dialog is open is shown at once.
 * @param {Store} store
 */
export function openFacts(store) {
  const groups = Object.keys(store.template.profile).map((fact) => ({ fact, element: el("fieldset", {}), key: "" }));
  const draw = () => groups.forEach((group) => drawFact(store, group));
  draw();
  const dialog = openDialog(t("facts"), el("p", {}, t("facts_lead")), ...groups.map((group) => group.element));
  store.listen(() => dialog.isConnected && draw());
}

/**
 * @param {Store} store
 * @param {Group} group
 */
function drawFact(store, group) {
  const { fact, element } = group;
  const now = store.facts.get(fact)?.value;
  const place = `${FACTS}/${fact}`;
  const key = JSON.stringify([now ?? null, conflictKey(store, [place])]);
  if (key === group.key) return;
  group.key = key;
  const many = Array.isArray(now) || now === null || now === undefined;
  const chosen = new Set(many ? (now ?? []) : [now]);
  const focused = [...element.querySelectorAll("input")].find((one) => one === document.activeElement)?.value;
  const boxes = store.template.profile[fact].map((value) =>
    el("input", { type: many ? "checkbox" : "radio", name: `fact-${fact}`, value, checked: chosen.has(value), disabled: !store.mayFill, change }));
  const words = (/** @type {any} */ said) => [said].flat().map(factWord).join(", ");
  element.replaceChildren(el("legend", {}, factWord(fact)), ...(store.conflicts.has(place) ? [drawConflict(store, place, words)] : []),
    ...boxes.map((box) => el("label", { class: "choice" }, box, factWord(box.value))));
  boxes.find((box) => box.value === focused)?.focus();
  function change() {
    const marked = boxes.filter((box) => box.checked).map((box) => box.value);
    void store.setFact(fact, many ? marked : (marked[0] ?? null));
  }
}
