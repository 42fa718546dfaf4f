// The result as it stands: a bar per area, the total, and what is missing for the next grade.

import { el, icon } from "./dom.js";
import { AREA_ICONS, bar } from "./parts.js";
import { percent, t } from "./words.js";

/** @typedef {import("./store.js").Store} Store */

export class ResultPanel {
  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    this.key = "";
    this.summary = el("span", { class: "result-total" });
    this.body = el("div", { class: "result-body" });
    this.element = el("details", { class: "result" }, el("summary", {}, icon("chevron-right"), el("span", {}, t("result")), this.summary), this.body);
    this.update();
  }

  update() {
    const { result, template } = this.store;
    const key = JSON.stringify(result);
    if (key === this.key) return;
    this.key = key;
    const titles = new Map(template.areas.map((area) => [area.id, area.title]));
    const small = result.areas.map((area) =>
      el("span", { class: "result-area", "data-area": area.id }, AREA_ICONS[area.id] && icon(AREA_ICONS[area.id]), el("span", {}, percent(area.percent))));
    this.summary.replaceChildren(...small, el("strong", {}, percent(result.percent)));
    const rows = [...result.areas.map((area) => ({ title: titles.get(area.id) ?? area.id, area: area.id, value: area.percent, ...area })), { title: t("total"), area: "total", value: result.percent, answered: result.answered, applicable: result.applicable }];
    const { missing } = result;
    this.body.replaceChildren(
      el("dl", { class: "result-rows" }, ...rows.map((row) => el("div", { "data-area": row.area }, el("dt", {}, row.title),
        el("dd", {}, bar(Number(row.value ?? 0) / 100), el("strong", {}, percent(row.value)), el("small", {}, t("done", { done: row.answered, all: row.applicable })))))),
      ...(result.answered === 0 ? [el("p", {}, t("nothing_yet"))] : []),
      ...(result.complete && result.grade_title ? [el("p", {}, el("strong", {}, t("reached", { grade: result.grade_title })))] : []),
      ...(missing && missing.sentences.length ? [el("p", { class: "missing-title" }, t("missing_for", { grade: missing.title })), el("ul", {}, ...missing.sentences.map((one) => el("li", {}, one)))] : []),
    );
  }
}
