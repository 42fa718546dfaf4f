// The findings read out at the closing meeting, heaviest first, and the supplier's word on each of them.

import { conflictKey, drawConflict } from "./conflicts.js";
import { el, icon, setText } from "./dom.js";
import { button, gradeMark } from "./parts.js";
import { short } from "./card.js";
import { fillField, keepTyped, sayTyped } from "./typing.js";
import { n, t } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {"agreed" | "disputed"} Stand */
/** @typedef {{stand: Stand, words?: string}} Response */

/**
 * The findings as they are read out: heaviest first, then in the checklist's order.
 * @param {Store} store
 * @returns {{id: string, grade: string}[]}
 */
export function findingsOf(store) {
  const { finding_of } = store.result;
  const order = store.template.finding_order;
  const all = [...store.places.keys()].filter((id) => finding_of[id]).map((id) => ({ id, grade: finding_of[id] }));
  return all.sort((one, other) => order.indexOf(one.grade) - order.indexOf(other.grade));
}

/** Findings on which the supplier has said nothing yet. @param {Store} store */
export const unheard = (store) => findingsOf(store).filter(({ id }) => !store.value(id, "response")).map(({ id }) => id);

/** The supplier's word in words. @param {Response} said */
export const responseWords = ({ stand, words }) => (words ? `${t(stand)}: ${words}` : t(stand));

export class Hearing {
  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    /** @type {Map<string, Row>} */
    this.rows = new Map();
    this.key = "";
    this.counted = el("p", { class: "hint", role: "status" });
    this.groups = el("div", {});
    this.rest = button("check", t("agree_rest"), () => this.#agreeToRest());
    this.element = el("section", { class: "sheet", "aria-labelledby": "hearing" },
      el("h3", { id: "hearing" }, t("hearing")), this.counted, this.groups, el("p", { class: "agree-rest" }, this.rest));
    this.update();
  }

  update() {
    const { store } = this;
    const all = findingsOf(store);
    const open = unheard(store).length;
    setText(this.counted, all.length ? t("heard", { done: all.length - open, all: all.length }) : t("hearing_none"));
    this.rest.hidden = !store.mayFill || open === 0;
    const key = JSON.stringify(all);
    if (key !== this.key) this.#draw(all);
    this.key = key;
    for (const { id } of all) this.rows.get(id)?.update();
  }

  /** @param {{id: string, grade: string}[]} all */
  #draw(all) {
    const { findings } = this.store.template;
    const grades = [...new Set(all.map((one) => one.grade))];
    this.groups.replaceChildren(...grades.map((grade) => {
      const ids = all.filter((one) => one.grade === grade).map((one) => one.id);
      return el("section", {}, el("h4", { class: "grade-title" }, gradeMark(grade, findings[grade]?.title ?? grade), el("span", { class: "counted" }, String(ids.length))),
        el("ul", { class: "findings" }, ...ids.map((id) => this.#row(id).element)));
    }));
  }

  /** @param {string} id */
  #row(id) {
    const row = this.rows.get(id) ?? new Row(this.store, id);
    this.rows.set(id, row);
    return row;
  }

  #agreeToRest() {
    for (const id of unheard(this.store)) void this.store.set(id, "response", { stand: "agreed", words: "" });
    document.getElementById("signing")?.focus();
  }
}

class Row {
  /**
   * @param {Store} store
   * @param {string} id
   */
  constructor(store, id) {
    this.store = store;
    this.id = id;
    const { criterion } = /** @type {any} */ (store.places.get(id));
    this.criterion = /** @type {import("./store.js").Criterion} */ (criterion);
    this.answer = el("p", { class: "read-answer" });
    this.note = el("blockquote", {});
    this.said = el("p", { class: "said" });
    this.trouble = el("div", {});
    /** @type {Map<Stand, HTMLButtonElement>} */
    this.stands = new Map([this.#stand("agreed", "check"), this.#stand("disputed", "cross")]);
    this.words = el("textarea", { id: `said-${id}`, rows: 2, maxlength: 2000 });
    keepTyped(this.words, (text) => this.#say({ words: text }));
    this.box = el("p", { class: "supplier-words", hidden: true }, el("label", { for: this.words.id }, t("supplier_words")), this.words);
    this.element = el("li", { class: "read", "data-finding": id },
      el("p", { class: "facts" }, el("strong", {}, id)), el("p", { class: "read-question" }, criterion.question), this.answer, this.note, this.said, this.trouble,
      store.mayFill && el("div", { class: "stands", role: "group", "aria-label": t("stand_of", { criterion: id }) }, ...this.stands.values()), this.box);
  }

  update() {
    const { store, id } = this;
    const said = /** @type {Response | null} */ (store.value(id, "response"));
    this.element.dataset.stand = said?.stand ?? "";
    setText(this.answer, this.#answered());
    const note = store.value(id, "comment") ?? "";
    setText(this.note, note);
    this.note.hidden = !note;
    for (const [stand, press] of this.stands) press.setAttribute("aria-pressed", String(said?.stand === stand));
    setText(this.said, said ? responseWords(said) : "");
    this.said.hidden = !said;
    this.said.classList.toggle("only-printed", store.mayFill);
    this.box.hidden = !store.mayFill || !said;
    const key = `${id}/response`;
    fillField(this.words, said?.words ?? "", store.answers.get(key));
    const drawn = conflictKey(store, [key]);
    if (this.trouble.dataset.key === drawn) return;
    this.trouble.dataset.key = drawn;
    this.trouble.replaceChildren(...(store.conflicts.has(key) ? [drawConflict(store, key, responseWords)] : []));
  }

  /**
   * @param {Stand} stand
   * @param {string} name of an icon
   * @returns {[Stand, HTMLButtonElement]}
   */
  #stand(stand, name) {
    const press = button(name, t(stand), () => {
      this.#say({ stand });
      this.update(); // the field must be there before it can get the focus
      if (stand === "disputed") this.words.focus();
    }, "stand");
    press.dataset.stand = stand;
    return [stand, press];
  }

  /** @param {Partial<Response>} more */
  #say(more) {
    const now = /** @type {Response | null} */ (this.store.value(this.id, "response"));
    const said = { words: "", ...now, ...more };
    if (!said.stand || (said.stand === now?.stand && said.words === (now?.words ?? ""))) return;
    if (more.stand) void this.store.set(this.id, "response", said);
    else sayTyped(this.store, this.words, this.id, "response", said);
  }

  #answered() {
    const { store, id, criterion } = this;
    const na = store.value(id, "na");
    if (na !== null) return `${t("na")}: ${na}`;
    const score = store.value(id, "score");
    const scale = store.template.scales[criterion.scale];
    const level = scale.levels?.find((one) => one.value === String(score));
    if (!level) return `${score ?? ""} ${scale.number?.unit ?? ""}`.trim();
    const meaning = criterion.levels?.[level.value] ?? level.label;
    return meaning === short(level) ? meaning : `${short(level)} · ${meaning}`;
  }
}

/** How many findings there are, in words. @param {Store} store */
export const findingCount = (store) => n("findings", findingsOf(store).length);
