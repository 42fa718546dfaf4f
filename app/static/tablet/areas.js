// The areas as tabs, and the questions of each by sections.

import { byId, el, icon, setText } from "./dom.js";
import { AREA_ICONS, bar, button } from "./parts.js";
import { count } from "./progress.js";
import { Question } from "./criterion.js";
import { percent, t } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").Area} Area */
/** @typedef {import("./store.js").Section} Section */

export class Areas {
  /**
   * @param {Store} store
   * @param {string} root
   * @param {() => void} finish
   * @param {() => void} moved
   */
  constructor(store, root, finish, moved) {
    this.store = store;
    this.moved = moved;
    /** @type {Map<string, Question>} */
    this.questions = new Map();
    /** @type {Map<string, {tab: HTMLButtonElement, panel: HTMLElement, area: Area}>} */
    this.parts = new Map();
    /** @type {Map<string, {counted: HTMLElement, bar: HTMLElement, none: HTMLElement, section: Section}>} */
    this.sections = new Map();
    const tabs = store.template.areas.map((area, at) => {
      const tab = el("button", { type: "button", class: "area", "data-area": area.id, "aria-controls": `area-${area.id}`, click: () => this.open(area.id) });
      const panel = el("section", { id: `area-${area.id}`, class: "panel", "data-area": area.id, "aria-label": area.title, hidden: true });
      for (const section of area.sections) panel.append(this.#section(section, root));
      if (store.mayFill) panel.append(el("p", { class: "panel-end" }, button("flag", t("finish"), finish, at === store.template.areas.length - 1 ? "primary" : "quiet")));
      this.parts.set(area.id, { tab, panel, area });
      return tab;
    });
    byId("areas").replaceChildren(...tabs);
    this.panels = [...this.parts.values()].map(({ panel }) => panel);
    this.current = store.template.areas[0].id;
    this.notAsked = "";
    this.update();
    this.updateCounts();
  }

  /**
   * @param {string} id
   * @param {boolean} [toTop]
   */
  open(id, toTop = true) {
    this.current = id;
    for (const [name, { tab, panel }] of this.parts) {
      panel.hidden = name !== id;
      if (name === id) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
    }
    this.parts.get(id)?.tab.scrollIntoView({ inline: "nearest", block: "nearest" });
    if (toTop) scrollTo({ top: 0 });
    this.moved();
  }

  /** Something else is shown in the place of the questions. */
  leave() {
    for (const { tab, panel } of this.parts.values()) {
      panel.hidden = true;
      tab.removeAttribute("aria-current");
    }
  }

  /** Show one question and put the focus on it. @param {string} id */
  show(id) {
    const place = this.store.places.get(id);
    const question = this.questions.get(id);
    if (!place || !question) return;
    this.open(place.area.id, false);
    question.element.scrollIntoView({ block: "start" });
    const target = question.element.querySelector('[role="radio"][tabindex="0"]:not(:disabled), input:not(:disabled)');
    if (target instanceof HTMLElement) target.focus({ preventScroll: true });
    history.replaceState(null, "", `#${id}`);
  }

  /** The sections that are asked, in order, of all areas. */
  get order() {
    return [...this.sections.values()].map(({ section }) => section).filter((section) => count(this.store, [section]).asked > 0);
  }

  /** The section under the eyes. */
  get here() {
    const line = byId("top").offsetHeight + 90;
    const shown = this.order.filter((section) => this.store.places.get(section.criteria[0].id)?.area.id === this.current);
    return shown.findLast((section) => byId(`s-${section.id}`).getBoundingClientRect().top <= line) ?? shown[0];
  }

  /** @param {number} step 1 next, -1 previous */
  turn(step) {
    const order = this.order;
    const next = order[order.indexOf(this.here) + step];
    if (!next) return;
    const area = this.store.places.get(next.criteria[0].id)?.area.id ?? this.current;
    if (area !== this.current) this.open(area, false);
    byId(`s-${next.id}`).scrollIntoView({ block: "start" });
    byId(`h-${next.id}`).focus({ preventScroll: true });
    this.moved();
  }

  /**
   * Bring questions in line with what is known: all, when others are asked than before.
   * @param {Iterable<string> | null} [criteria]
   */
  update(criteria = null) {
    const notAsked = this.store.result.not_asked.join();
    const some = notAsked === this.notAsked ? criteria : null;
    this.notAsked = notAsked;
    for (const id of some ?? this.questions.keys()) this.questions.get(id)?.update();
  }

  /** How much is answered: the sections' lines and the tabs. */
  updateCounts() {
    const { store } = this;
    for (const { counted, bar: line, none, section } of this.sections.values()) {
      const { asked, answered } = count(store, [section]);
      setText(counted, asked ? t("done", { done: answered, all: asked }) : "");
      line.style.setProperty("inline-size", `${asked ? (answered / asked) * 100 : 0}%`);
      none.hidden = asked > 0;
    }
    for (const { tab, area } of this.parts.values()) {
      const { asked, answered } = count(store, area.sections);
      const scored = store.result.areas.find((one) => one.id === area.id)?.percent ?? null;
      const counted = `${answered}/${asked}`;
      const key = `${counted} ${scored}`;
      if (tab.dataset.key === key) continue;
      tab.dataset.key = key;
      const name = AREA_ICONS[area.id];
      tab.replaceChildren(
        ...(name ? [icon(name)] : []),
        el("span", { class: "area-title" }, area.title.replace(/ (.) /g, " $1\u00a0")),
        el("span", { class: "area-count" },
          el("span", { "aria-hidden": "true" }, counted), el("span", { class: "visually-hidden" }, t("done", { done: answered, all: asked })),
          scored !== null && el("strong", {}, percent(scored))),
        bar(asked ? answered / asked : 0),
      );
    }
  }

  /** Everything that is being typed is sent now. */
  flush() {
    for (const question of this.questions.values()) question.flush();
  }

  /**
   * @param {Section} section
   * @param {string} root
   */
  #section(section, root) {
    const counted = el("span", { class: "counted" });
    const line = bar(0);
    const none = el("p", { class: "quiet-text", hidden: true }, t("not_asked_here"));
    this.sections.set(section.id, { counted, bar: /** @type {HTMLElement} */ (line.firstChild), none, section });
    const cards = section.criteria.map((criterion) => {
      const question = new Question(this.store, criterion, root);
      this.questions.set(criterion.id, question);
      return question.element;
    });
    return el("section", { class: "section", id: `s-${section.id}`, "aria-labelledby": `h-${section.id}` },
      el("header", {}, el("h2", { id: `h-${section.id}`, tabindex: -1 }, section.title), line, counted), none, ...cards);
  }
}
