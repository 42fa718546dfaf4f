// One question: its levels, note, photos, finding, and how its answer stands.

import { announce, el, icon, setText } from "./dom.js";
import { addPhoto } from "./photos.js";
import { gradeMark, stateMark } from "./parts.js";
import { t, time } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").Criterion} Criterion */

const TYPING = 400;
const PHOTO_SHOWS = new Set(["photo", "document", "observation", "measurement"]);
const NOTE_SAYS = new Set(["interview", "observation", "measurement", "register", "document"]);

export class Question {
  /**
   * @param {Store} store
   * @param {Criterion} criterion
   * @param {string} root
   */
  constructor(store, criterion, root) {
    this.store = store;
    this.criterion = criterion;
    this.root = root;
    this.scale = store.template.scales[criterion.scale];
    this.asksReason = false;
    /** @type {Map<string, number>} */
    this.typing = new Map();
    this.element = this.#draw();
    this.update();
  }

  get id() {
    return this.criterion.id;
  }

  /** Bring the card in line with what is known. */
  update() {
    const { store, id } = this;
    const state = store.stateOf(id);
    if (this.element.dataset.state !== state) {
      this.element.dataset.state = state;
      this.state.replaceChildren(stateMark(state));
    }
    this.element.hidden = store.notAsked.has(id);
    this.#updateLevels();
    this.#fill(this.note, store.value(id, "comment") ?? "");
    this.#updateFinding();
    this.#updateEvidence();
    this.#updatePhotos();
    this.#updateTrouble();
  }

  /** Send what is being typed, now. */
  flush() {
    for (const [field, timer] of this.typing) {
      clearTimeout(timer);
      this.#keep(field);
    }
    this.typing.clear();
  }

  #draw() {
    const { criterion, store, id } = this;
    const { weight = 1, why, law, look_for: signs = [], levels = {} } = criterion;
    const off = !store.mayFill;
    this.state = el("span", { class: "state" });
    this.chosen = el("p", { class: "chosen" });
    this.levels = el("div", { class: "levels", role: "radiogroup", "aria-labelledby": `q-${id}`, keydown: (event) => this.#arrows(event) });
    this.#drawLevels(off);
    this.reason = el("textarea", { id: `na-${id}`, rows: 2, maxlength: 2000, disabled: off, input: () => this.#type("na"), blur: () => this.flush() });
    this.reasonHint = el("p", { class: "hint", id: `na-hint-${id}` }, t("na_needed"));
    this.reasonBox = el("div", { class: "reason", hidden: true }, el("label", { for: `na-${id}` }, t("na_reason")), this.reason, this.reasonHint);
    this.reason.setAttribute("aria-describedby", `na-hint-${id}`);
    this.note = el("textarea", { id: `note-${id}`, rows: 3, maxlength: 10000, disabled: off, "aria-label": t("note_label", { criterion: id }), input: () => this.#type("comment"), blur: () => this.flush() });
    this.noteBox = el("div", { class: "note", hidden: true }, this.note);
    this.photos = el("ul", { class: "photos", hidden: true });
    this.finding = el("div", { class: "finding", hidden: true });
    this.evidence = el("p", { class: "evidence", hidden: true });
    this.trouble = el("div", { class: "trouble", hidden: true });
    this.noteButton = el(
      "button",
      { type: "button", class: "button quiet", "aria-expanded": "false", click: () => this.#toggleNote() },
      icon("note"), el("span", {}, t("note")),
    );
    const camera = el("label", { class: "button quiet camera", hidden: off },
      el("input", { type: "file", accept: "image/*", capture: "environment", "data-photo-for": id, class: "visually-hidden", disabled: off, change: (event) => this.#photo(event.target) }),
      icon("camera"), el("span", {}, t("add_photo")));
    const terms = store.template.classes[criterion.class];
    return el("article", { class: "criterion", "data-criterion": id, "data-state": "", "aria-labelledby": `q-${id}`, id: `c-${id}` },
      el("header", {},
        el("p", { class: "facts" }, el("strong", {}, id), weight !== 1 && el("span", {}, t("weight", { weight })),
          terms && el("span", {}, terms.title), criterion.knockout && el("span", { class: "knockout" }, icon("certificate"), t("knockout"))),
        this.state),
      el("h3", { id: `q-${id}` }, criterion.question),
      this.levels, this.chosen, this.reasonBox, this.trouble,
      this.finding, this.photos, this.noteBox,
      el("div", { class: "tools" }, camera, this.noteButton, this.evidence),
      el("div", { class: "more" },
        Object.keys(levels).length > 0 && this.#unfold("levels", t("levels"), this.#meanings()),
        (why || law || signs.length > 0) && this.#unfold("why", t("why"),
          why && el("h4", {}, t("why_title")), why && el("p", {}, why),
          signs.length > 0 && el("h4", {}, t("look_for")),
          signs.length > 0 && el("ul", {}, ...signs.map((sign) => el("li", {}, el("em", {}, `${t(sign.kind)}:`), ` ${sign.text}`))),
          law && el("h4", {}, t("law")), law && el("p", {}, law))));
  }

  /**
   * A word that unfolds more; two of them stand side by side, what unfolds takes the whole width.
   * @param {string} name
   * @param {string} label
   * @param {...(Node | string | null | undefined | false)} content
   */
  #unfold(name, label, ...content) {
    const panel = el("div", { class: "unfolded", id: `${name}-${this.id}`, hidden: true }, ...content);
    const press = el("button", { type: "button", class: "unfold", "aria-expanded": "false", "aria-controls": panel.id, click: () => {
      panel.hidden = !panel.hidden;
      press.setAttribute("aria-expanded", String(!panel.hidden));
    } }, icon("chevron-right"), el("span", {}, label));
    const both = document.createDocumentFragment();
    both.append(press, panel);
    return both;
  }

  /** @param {boolean} off */
  #drawLevels(off) {
    const { criterion } = this;
    /** @type {HTMLButtonElement[]} */
    this.buttons = [];
    for (const level of this.scale.levels ?? []) {
      const meaning = criterion.levels?.[level.value] ?? level.label;
      this.#addLevel(level.value, level.value, meaning === level.value ? level.value : `${level.value}: ${meaning}`, off);
    }
    if (this.scale.number) {
      const { min, max, unit = "" } = this.scale.number;
      this.amount = el("input", { type: "number", min, max, step: "any", inputmode: "decimal", disabled: off, "data-level": "number", "aria-label": `${t("number")} ${unit}`, input: () => this.#type("score") });
      this.levels?.append(el("span", { class: "amount" }, this.amount, unit));
    }
    if (criterion.not_applicable !== "never") this.#addLevel("na", t("na"), t("na"), off);
  }

  /**
   * @param {string} value
   * @param {string} shown
   * @param {string} name
   * @param {boolean} off
   */
  #addLevel(value, shown, name, off) {
    const made = el("button", { type: "button", role: "radio", class: value === "na" ? "level na" : "level", "data-level": value, "aria-checked": "false", "aria-label": name, tabindex: -1, disabled: off, click: () => this.#choose(value) }, shown);
    this.buttons?.push(made);
    this.levels?.append(made);
  }

  #meanings() {
    const { criterion } = this;
    const evidence = criterion.evidence;
    return el("ol", { class: "meanings" }, ...(this.scale.levels ?? []).map((level) =>
      el("li", {}, el("strong", {}, level.value), el("span", {}, criterion.levels?.[level.value] ?? level.label,
        level.value === criterion.compliant_from && el("small", {}, icon("check"), t("meets")),
        evidence && (evidence.required_at ?? [level.value]).includes(level.value) && el("small", {}, icon("camera"), t(evidenceWord(evidence)))))));
  }

  /** @param {string} value */
  #choose(value) {
    const { store, id } = this;
    if (value === "na") {
      this.asksReason = true;
      this.update();
      this.reason.focus();
      return;
    }
    this.asksReason = false;
    clearTimeout(this.typing.get("na"));
    this.typing.delete("na");
    const same = String(store.value(id, "score")) === value && !store.conflicts.has(`${id}/score`);
    if (same) return this.update();
    store.set(id, "score", /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value);
    announce(`${id}: ${value}`);
  }

  /** @param {KeyboardEvent} event */
  #arrows(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const at = this.buttons?.indexOf(/** @type {HTMLButtonElement} */ (event.target)) ?? -1;
    if (!step || at < 0 || !this.buttons) return;
    event.preventDefault();
    const next = this.buttons[(at + step + this.buttons.length) % this.buttons.length];
    next.focus();
    if (next.dataset.level !== "na") this.#choose(next.dataset.level ?? "");
  }

  #updateLevels() {
    const { store, id } = this;
    const score = store.value(id, "score");
    const na = store.value(id, "na");
    const isNa = this.asksReason || na !== null;
    const checked = isNa ? "na" : score === null ? "" : String(score);
    for (const button of this.buttons ?? []) {
      const on = button.dataset.level === checked;
      if (button.getAttribute("aria-checked") !== String(on)) button.setAttribute("aria-checked", String(on));
      button.tabIndex = on || (checked === "" && button === this.buttons?.[0]) || (checked === "na" && on) ? 0 : -1;
    }
    if (this.amount) this.#fill(this.amount, score === null ? "" : String(score));
    const level = this.scale.levels?.find((one) => one.value === checked);
    const meaning = level && (this.criterion.levels?.[checked] ?? level.label);
    setText(this.chosen, meaning ? (meaning === checked ? meaning : `${checked} · ${meaning}`) : isNa ? t("na") : t("choose"));
    this.chosen.classList.toggle("quiet-text", !meaning);
    this.reasonBox.hidden = !isNa;
    this.#fill(this.reason, na ?? "");
    this.reasonHint.hidden = na !== null;
  }

  #updateFinding() {
    const { store, id } = this;
    const heavier = this.#heavier();
    const own = store.value(id, "finding");
    const grade = heavier.includes(own) ? own : this.automatic;
    this.finding.hidden = !grade;
    if (!grade) return;
    const titles = store.template.findings;
    const key = `${grade}|${own}|${store.value(id, "comment") ? 1 : 0}|${store.value(id, "score")}`;
    if (this.finding.dataset.key === key) return;
    this.finding.dataset.key = key;
    const had = this.finding.contains(document.activeElement);
    this.finding.replaceChildren(gradeMark(grade, titles[grade]?.title ?? grade));
    if (!store.mayFill || heavier.length === 0) return;
    const select = el("select", { id: `f-${id}`, "aria-label": `${t("raise")}, ${id}`, change: (event) => this.#raise(event.target.value) },
      el("option", { value: "" }, t("by_answer", { grade: titles[this.automatic]?.title ?? this.automatic })),
      ...heavier.map((one) => el("option", { value: one, selected: one === own }, titles[one]?.title ?? one)));
    this.finding.append(select);
    if (had) select.focus();
    if (own && !store.value(id, "comment")) this.finding.append(el("p", { class: "hint" }, t("raise_why")));
  }

  /** The grades that the auditor may raise this finding to: heavier than the answer's own, up to the class's limit. */
  #heavier() {
    const { store, id, criterion } = this;
    const grades = Object.keys(store.template.findings);
    const terms = /** @type {any} */ (store.template.classes[criterion.class] ?? {});
    this.automatic = "";
    if (store.value(id, "score") === null || store.value(id, "na") !== null) return [];
    const value = String(store.value(id, "score"));
    const level = /** @type {any} */ (this.scale.levels?.find((one) => one.value === value));
    const all = this.scale.levels ?? [];
    const from = all.findIndex((one) => one.value === (criterion.compliant_from ?? all.at(-1)?.value));
    const met = all.findIndex((one) => one.value === value) >= from;
    this.automatic = level?.finding ?? terms.at?.[value] ?? (met ? "" : terms.unmet ?? "");
    if (!this.automatic || met) return [];
    const limit = terms.may_raise_to ? grades.indexOf(terms.may_raise_to) : 0;
    return grades.slice(limit, grades.indexOf(this.automatic));
  }

  /** @param {string} grade */
  #raise(grade) {
    this.store.set(this.id, "finding", grade || null);
    if (grade && !this.store.value(this.id, "comment")) this.#toggleNote(true);
  }

  #updateEvidence() {
    const rule = this.criterion.evidence;
    const missing = rule !== undefined && lacksEvidence(this.store, this.criterion);
    this.evidence.hidden = !missing;
    if (missing && rule) {
      const word = t(evidenceWord(rule));
      if (this.evidence.textContent !== word) this.evidence.replaceChildren(icon("paperclip"), el("span", {}, word));
    }
  }

  #updatePhotos() {
    const photos = this.store.photosOf(this.id);
    this.photos.hidden = photos.length === 0;
    const key = photos.map((photo) => photo.id + photo.state).join();
    if (this.photos.dataset.key === key) return;
    this.photos.dataset.key = key;
    this.photos.replaceChildren(...photos.map((photo, at) => this.#picture(photo, at + 1)));
  }

  /**
   * @param {import("./store.js").Photo} photo
   * @param {number} number
   */
  #picture(photo, number) {
    const name = t("photo_of", { number, criterion: this.id });
    const state = { waiting: "device", sent: "sent", lost: "rejected", rejected: "rejected" }[photo.state];
    const address = `${this.root}/photos/${photo.id}`;
    const image = el("img", { src: photo.url ?? (photo.state === "sent" ? `${address}/thumbnail` : ""), alt: name, width: 96, height: 72, loading: "lazy" });
    const shown = photo.state === "sent" ? el("a", { href: address, target: "_blank" }, image) : photo.url ? image : el("span", { class: "no-picture" }, icon("camera", name));
    const word = { waiting: "photo_waiting", sent: "photo_sent", lost: "photo_lost", rejected: "photo_bad" }[photo.state];
    return el("li", { "data-photo": photo.id, "data-state": state }, shown, el("small", {}, t(word)),
      this.store.mayFill && el("button", { type: "button", class: "button icon-only", "aria-label": `${t("delete_photo")}, ${name}`, click: () => this.#remove(photo) }, icon("trash")));
  }

  /** @param {import("./store.js").Photo} photo */
  #remove(photo) {
    if (confirm(t("delete_photo_ask"))) this.store.send({ kind: "photo.remove", criterion: this.id, photo: { id: photo.id } });
  }

  /** @param {HTMLInputElement} input */
  async #photo(input) {
    for (const file of input.files ?? []) {
      const problem = await addPhoto(this.store, this.id, file);
      if (problem) this.#say(t(problem));
    }
    input.value = "";
  }

  /** @param {string} text */
  #say(text) {
    this.trouble.hidden = false;
    this.trouble.replaceChildren(el("p", { class: "problem" }, icon("alert"), text));
    announce(text);
  }

  /** Two answers, or one that was refused. */
  #updateTrouble() {
    const { store, id } = this;
    const keys = ["score", "na", "comment", "finding"].map((field) => `${id}/${field}`);
    const disputed = keys.filter((key) => store.conflicts.has(key));
    const refused = keys.map((key) => store.answers.get(key)).find((answer) => answer?.state === "rejected");
    const signature = JSON.stringify([disputed.map((key) => [store.conflicts.get(key), store.answers.get(key)?.head]), refused?.code]);
    if (this.trouble.dataset.key === signature) return;
    this.trouble.dataset.key = signature;
    this.trouble.hidden = disputed.length === 0 && !refused;
    this.trouble.replaceChildren(...disputed.map((key) => this.#choice(key)));
    if (refused) {
      const code = t(`code_${refused.code}`);
      const put = el("button", { type: "button", class: "button quiet", click: () => dispatchEvent(new CustomEvent("base:discard", { detail: id })) }, t("discard"));
      this.trouble.append(el("p", { class: "problem" }, icon("alert"), code.startsWith("code_") ? t("code_other") : code), put);
    }
  }

  /** @param {string} key */
  #choice(key) {
    const { store, id } = this;
    const field = key.split("/")[1];
    const standing = store.answers.get(key);
    const rival = store.value(id, "na");
    const first = standing?.head
      ? { op_id: standing.head, value: standing.value, by: standing.by, at: standing.at }
      : { op_id: "", value: rival === null ? null : `${t("na")}: ${rival}`, by: store.answers.get(`${id}/na`)?.by ?? "", at: store.answers.get(`${id}/na`)?.at ?? "" };
    const both = [first, ...(store.conflicts.get(key) ?? [])];
    return el("section", { class: "conflict", "aria-label": t("conflict_title") },
      el("h4", {}, icon("alert"), t("conflict_title")),
      el("ul", {}, ...both.map((one) => el("li", {},
        el("p", {}, el("strong", {}, this.#say_value(field, one.value)), el("small", {}, t("conflict_of", { name: one.by || t("you"), time: time(one.at) }))),
        store.mayFill && el("button", { type: "button", class: "button", click: () => store.resolve(key, one.op_id || null) }, t("conflict_keep"))))));
  }

  /**
   * @param {string} field
   * @param {any} value
   */
  #say_value(field, value) {
    if (value === null || value === "") return t("no_value");
    if (field === "finding") return this.store.template.findings[value]?.title ?? value;
    const meaning = field === "score" ? this.criterion.levels?.[String(value)] : undefined;
    return meaning && meaning !== String(value) ? `${value} · ${meaning}` : String(value);
  }

  /** @param {boolean} [open] */
  #toggleNote(open = this.noteBox.hidden) {
    this.noteBox.hidden = !open;
    this.noteButton.setAttribute("aria-expanded", String(open));
    if (open) this.note.focus();
  }

  /** @param {string} field */
  #type(field) {
    clearTimeout(this.typing.get(field));
    this.typing.set(field, setTimeout(() => {
      this.typing.delete(field);
      this.#keep(field);
    }, TYPING));
  }

  /** @param {string} field */
  #keep(field) {
    const { store, id } = this;
    const text = (field === "na" ? this.reason : field === "comment" ? this.note : this.amount)?.value.trim() ?? "";
    if (field === "na" && !text) return;
    const value = field === "score" ? (text === "" || !this.amount?.validity.valid ? null : Number(text)) : text || null;
    if (field === "na") this.asksReason = false;
    if (value !== store.value(id, field)) store.set(id, field, value);
  }

  /**
   * Put a value into a field, unless the person is in it.
   * @param {HTMLInputElement | HTMLTextAreaElement} field
   * @param {string} value
   */
  #fill(field, value) {
    if (field !== document.activeElement && !this.typing.size && field.value !== value) field.value = value;
    if (field === this.note && value && this.noteBox.hidden) {
      this.noteBox.hidden = false;
      this.noteButton.setAttribute("aria-expanded", "true");
    }
  }
}

/**
 * Does the answer need evidence that is not there? The same rule as on the server.
 * @param {Store} store
 * @param {Criterion} criterion
 */
export function lacksEvidence(store, criterion) {
  const rule = criterion.evidence;
  const value = store.value(criterion.id, "score");
  if (!rule || value === null || store.value(criterion.id, "na") !== null) return false;
  if (rule.required_at && !rule.required_at.includes(String(value))) return false;
  const kinds = rule.kinds ?? [];
  const photos = !kinds.length || kinds.some((kind) => PHOTO_SHOWS.has(kind)) ? store.photosOf(criterion.id).length : 0;
  const note = (store.value(criterion.id, "comment") ?? "").trim() && (!kinds.length || kinds.some((kind) => NOTE_SAYS.has(kind)));
  return photos + (note ? 1 : 0) < (rule.min ?? 1);
}

/** @param {import("./store.js").Evidence} rule */
function evidenceWord(rule) {
  const kinds = rule.kinds ?? [];
  const photo = !kinds.length || kinds.some((kind) => PHOTO_SHOWS.has(kind));
  const note = !kinds.length || kinds.some((kind) => NOTE_SAYS.has(kind));
  return photo && note ? "evidence_any" : photo ? "evidence_photo" : "evidence_note";
}
