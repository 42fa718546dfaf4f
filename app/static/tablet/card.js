// The card of one question, drawn once; criterion.js keeps it in line with the answers.

import { el, icon } from "./dom.js";
import { evidenceWord } from "./evidence.js";
import { button } from "./parts.js";
import { t } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").Criterion} Criterion */
/**
 * @typedef {{choose: (level: string) => void, type: (field: string) => void, leave: () => void, note: () => void,
 *   photo: (input: HTMLInputElement) => void, camera: () => void, noPhoto: () => void, arrows: (event: KeyboardEvent) => void}} Handlers
 */
/** @typedef {ReturnType<typeof drawCard>} Card */

/**
 * What stands on the button: a number as it is, a word by its label, which is translated.
 * @param {{value: string, label: string}} level
 */
export const short = (level) => (Number.isNaN(Number(level.value)) ? level.label : level.value);

/**
 * @param {Store} store
 * @param {Criterion} criterion
 * @param {Handlers} on
 */
export function drawCard(store, criterion, on) {
  const { id, weight = 1, knockout } = criterion;
  const off = !store.mayFill;
  const terms = store.template.classes[criterion.class];
  const state = el("span", { class: "state" });
  const chosen = el("p", { class: "chosen" });
  const reason = el("textarea", { id: `na-${id}`, rows: 2, maxlength: 2000, disabled: off, "aria-describedby": `na-hint-${id}`, input: () => on.type("na"), blur: on.leave });
  const reasonHint = el("p", { class: "hint", id: `na-hint-${id}` }, t("na_needed"));
  const reasonBox = el("div", { class: "reason", hidden: true }, el("label", { for: `na-${id}` }, t("na_reason")), reason, reasonHint);
  const note = el("textarea", { id: `note-${id}`, rows: 3, maxlength: 10000, disabled: off, "aria-label": t("note_label", { criterion: id }), input: () => on.type("comment"), blur: on.leave });
  const noteBox = el("div", { class: "note", hidden: true }, note);
  const noteButton = el("button", { type: "button", class: "button quiet", "aria-expanded": "false", click: on.note }, icon("note"), el("span", {}, t("note")));
  const camera = el("label", { class: "button quiet camera", hidden: off },
    el("input", { type: "file", accept: "image/*", capture: "environment", "data-photo-for": id, class: "visually-hidden", disabled: off, click: on.camera, cancel: on.noPhoto, change: (event) => on.photo(event.target) }),
    icon("camera"), el("span", {}, t("add_photo")));
  const photos = el("ul", { class: "photos", hidden: true });
  const finding = el("div", { class: "finding", hidden: true });
  const evidence = el("p", { class: "evidence", hidden: true });
  const trouble = el("div", { class: "trouble", hidden: true });
  const answers = drawLevels(store, criterion, on);
  const element = el("article", { class: "criterion", "data-criterion": id, "data-state": "", "aria-labelledby": `q-${id}`, id: `c-${id}` },
    el("header", {},
      el("p", { class: "facts" }, el("strong", {}, id), weight !== 1 && el("span", {}, t("weight", { weight })),
        terms && el("span", {}, terms.title), knockout && el("span", { class: "knockout" }, icon("certificate"), t("knockout"))),
      state),
    el("h3", { id: `q-${id}` }, criterion.question),
    answers.levels, chosen, reasonBox, trouble, finding, photos, noteBox,
    el("div", { class: "tools" }, camera, noteButton, evidence),
    drawHelp(store, criterion));
  return { element, state, chosen, reason, reasonHint, reasonBox, note, noteBox, noteButton, photos, finding, evidence, trouble, ...answers };
}

/**
 * @param {Store} store
 * @param {Criterion} criterion
 * @param {Handlers} on
 */
function drawLevels(store, criterion, on) {
  const off = !store.mayFill;
  const scale = store.template.scales[criterion.scale];
  const levels = el("div", { class: "levels", role: "radiogroup", "aria-labelledby": `q-${criterion.id}`, keydown: on.arrows });
  /** @type {HTMLButtonElement[]} */
  const buttons = [];
  /** @type {HTMLInputElement | null} */
  let amount = null;
  const add = (/** @type {string} */ value, /** @type {string} */ shown, /** @type {string} */ name) => {
    const made = el("button", { type: "button", role: "radio", class: value === "na" ? "level na" : "level", "data-level": value, "aria-checked": "false", "aria-label": name, tabindex: -1, disabled: off, click: () => on.choose(value) }, shown);
    buttons.push(made);
    levels.append(made);
  };
  for (const level of scale.levels ?? []) {
    const meaning = criterion.levels?.[level.value] ?? level.label;
    add(level.value, short(level), meaning === short(level) ? short(level) : `${short(level)}: ${meaning}`);
  }
  if (scale.number) {
    const { min, max, unit = "" } = scale.number;
    amount = el("input", { type: "number", min, max, step: "any", inputmode: "decimal", disabled: off, "data-level": "number", "aria-label": `${t("number")} ${unit}`, input: () => on.type("score") });
    levels.append(el("span", { class: "amount" }, amount, unit));
  }
  if (criterion.not_applicable !== "never") add("na", t("na"), t("na"));
  return { levels, buttons, amount };
}

/**
 * What each level means; why, what to look for, the legal basis. Drawn when it is unfolded.
 * @param {Store} store
 * @param {Criterion} criterion
 */
function drawHelp(store, criterion) {
  const { id, levels = {}, guided, why, law, look_for } = criterion;
  const help = el("div", { class: "more" });
  if (Object.keys(levels).length) help.append(...unfold(`levels-${id}`, t("levels"), (panel) => panel.replaceChildren(drawLevelWords(store, criterion))));
  if (guided || why || law || look_for?.length) help.append(...unfold(`why-${id}`, t("why"), (panel) => drawGuidance(store, id, panel)));
  return help;
}

/**
 * @param {Store} store
 * @param {Criterion} criterion
 */
function drawLevelWords(store, { scale, levels = {}, compliant_from, evidence }) {
  return el("ol", { class: "meanings" }, ...(store.template.scales[scale].levels ?? []).map((level) =>
    el("li", {}, el("strong", {}, short(level)), el("span", {}, levels[level.value] ?? level.label,
      level.value === compliant_from && el("small", {}, icon("check"), t("meets")),
      evidence && (evidence.required_at ?? [level.value]).includes(level.value) && el("small", {}, icon("paperclip"), t(evidenceWord(evidence)))))));
}

/**
 * Why, what to look for, the legal basis; until they are here, how that stands.
 * @param {Store} store
 * @param {string} id
 * @param {HTMLElement} panel
 */
function drawGuidance(store, id, panel) {
  const draw = () => drawGuidance(store, id, panel);
  if (!store.guidance) {
    panel.replaceChildren(el("p", { role: "status" }, t("why_coming")));
    const again = button("return", t("load_again"), () => {
      /** @type {HTMLElement} */ (panel.previousElementSibling).focus(); // this button goes
      draw();
    });
    store.guide().then(draw, () => panel.replaceChildren(el("p", { class: "problem", role: "alert" }, icon("alert"), t("why_failed")), again));
    return;
  }
  const { why, law, look_for: signs = [] } = store.guidance[id] ?? {};
  const part = (/** @type {string} */ title, /** @type {any} */ body) => (body ? [el("h4", {}, t(title)), body] : []);
  panel.replaceChildren(
    ...part("why_title", why && el("p", {}, why)),
    ...part("look_for", signs.length && el("ul", {}, ...signs.map((sign) => el("li", {}, el("em", {}, `${t(sign.kind)}:`), ` ${sign.text}`)))),
    ...part("law", law && el("p", {}, law)));
}

/**
 * A word that unfolds more; two of them stand side by side, what unfolds takes the whole width.
 * @param {string} panelId
 * @param {string} label
 * @param {(panel: HTMLElement) => void} draw
 */
function unfold(panelId, label, draw) {
  const panel = el("div", { class: "unfolded", id: panelId, hidden: true });
  const press = el("button", { type: "button", class: "unfold", "aria-expanded": "false", "aria-controls": panelId, click: () => {
    panel.hidden = !panel.hidden;
    press.setAttribute("aria-expanded", String(!panel.hidden));
    if (!panel.hidden) draw(panel);
  } }, icon("chevron-right"), el("span", {}, label));
  return [press, panel];
}
