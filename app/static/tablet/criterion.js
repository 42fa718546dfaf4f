// One question: its levels, note, photos, finding, and how its answer stands.

import { announce, el, icon, setText } from "./dom.js";
import { drawCard, short } from "./card.js";
import { evidenceWord, lacksEvidence } from "./evidence.js";
import { gradesOf } from "./score/answers.js";
import { cameraCloses, cameraOpens } from "./camera.js";
import { conflictKey, drawConflict } from "./conflicts.js";
import { responseWords } from "./hearing.js";
import { addPhoto } from "./photos.js";
import { gradeMark, PHOTO_STATES, picture, STATE_ICONS, stateMark } from "./parts.js";
import { fillField, forgetDraft, sayTyped } from "./typing.js";
import { openPhoto } from "./viewer.js";
import { t } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").Criterion} Criterion */

const TYPING = 400;

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
    /** @type {import("./store.js").State | ""} the state whose sign and word stand there */
    this.marked = "";
    /** @type {Map<string, number>} */
    this.typing = new Map();
    this.card = drawCard(store, criterion, {
      choose: (level) => this.#choose(level),
      type: (field) => this.#type(field),
      leave: () => this.#leave(),
      note: () => this.#toggleNote(),
      photo: (input) => void this.#photo(input),
      camera: () => cameraOpens(store.vault, store.audit.id, criterion.id),
      noPhoto: () => cameraCloses(store.vault, store.audit.id),
      arrows: (event) => this.#arrows(event),
    });
    this.element = this.card.element;
    this.update();
  }

  get id() {
    return this.criterion.id;
  }

  /** Another answer is on its way into the store. Nothing that has to be drawn: keeping it would wait for that. */
  wait() {
    this.element.dataset.state = "saving";
    this.element.setAttribute("aria-busy", "true");
  }

  /** Bring the card in line with what is known. */
  update() {
    const { store, id } = this;
    this.press();
    this.element.removeAttribute("aria-busy");
    this.card.state.style.visibility = "";
    this.#mark(store.stateOf(id));
    this.element.hidden = store.notAsked.has(id);
    this.#updateLevels();
    this.#fill(this.card.note, store.value(id, "comment") ?? "", "comment");
    this.#updateFinding();
    this.#updateEvidence();
    this.#updatePhotos();
    this.#updateTrouble();
  }

  /** Show what was chosen and whether it is kept, no more. */
  press() {
    const state = this.store.stateOf(this.id);
    this.element.dataset.state = state;
    const { style } = this.card.state;
    style.visibility = "";
    if (state !== "saving") this.#mark(state);
    else if (this.marked !== "empty") style.visibility = "hidden"; // no longer true
    const chosen = this.#chosen();
    for (const button of this.card.buttons) {
      const on = String(button.dataset.level === chosen);
      if (button.getAttribute("aria-checked") !== on) button.setAttribute("aria-checked", on);
    }
  }

  /** Send what is being typed, now. */
  flush() {
    for (const [field, timer] of this.typing) {
      clearTimeout(timer);
      this.#keep(field);
    }
    this.typing.clear();
  }

  /** The person has left a field: what they typed is kept; else it shows what came while they were in it. */
  #leave() {
    if (this.typing.size) this.flush();
    else this.update();
  }

  /** @param {string} value */
  #choose(value) {
    const { store, id } = this;
    if (value === "na") {
      this.asksReason = true;
      this.update();
      this.card.reason.focus();
      return;
    }
    this.asksReason = false;
    clearTimeout(this.typing.get("na"));
    this.typing.delete("na");
    const same = String(store.value(id, "score")) === value && !store.conflicts.has(`${id}/score`);
    if (same) return this.update();
    void store.set(id, "score", String(Number(value)) === value ? Number(value) : value).then(() => announce(`${id}: ${value}`));
  }

  /** @param {KeyboardEvent} event */
  #arrows(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const at = this.card.buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    if (!step || at < 0) return;
    event.preventDefault();
    const next = this.card.buttons[(at + step + this.card.buttons.length) % this.card.buttons.length];
    next.focus();
    if (next.dataset.level !== "na") this.#choose(next.dataset.level ?? "");
  }

  /** @param {import("./store.js").State} state */
  #mark(state) {
    if (this.marked === state) return;
    this.marked = state;
    this.card.state.replaceChildren(stateMark(state));
  }

  /** The level that is chosen, "na", or "". */
  #chosen() {
    if (this.asksReason || this.store.value(this.id, "na") !== null) return "na";
    return String(this.store.value(this.id, "score") ?? "");
  }

  #updateLevels() {
    const { store, id } = this;
    const score = store.value(id, "score");
    const na = store.value(id, "na");
    const checked = this.#chosen();
    const isNa = checked === "na";
    for (const button of this.card.buttons) {
      const reached = button.dataset.level === checked || (checked === "" && button === this.card.buttons[0]) ? 0 : -1;
      if (button.tabIndex !== reached) button.tabIndex = reached;
    }
    if (this.card.amount) this.#fill(this.card.amount, score === null ? "" : String(score), "score");
    const level = this.scale.levels?.find((one) => one.value === checked);
    const meaning = level && (this.criterion.levels?.[checked] ?? level.label);
    setText(this.card.chosen, level && meaning ? (meaning === short(level) ? meaning : `${short(level)} · ${meaning}`) : isNa ? "" : t("choose"));
    this.card.chosen.classList.toggle("quiet-text", !meaning);
    this.card.reasonBox.hidden = !isNa;
    this.#fill(this.card.reason, na ?? "", "na");
    this.card.reasonHint.hidden = na !== null;
  }

  #updateFinding() {
    const { store, id } = this;
    const { automatic, heavier } = gradesOf(store.template, id, store.given.get(id)?.value);
    const own = store.value(id, "finding");
    const grade = heavier.includes(own) ? own : automatic;
    this.card.finding.hidden = !grade;
    if (!grade) return;
    const titles = store.template.findings;
    const key = `${grade}|${own}|${store.value(id, "comment") ? 1 : 0}|${store.value(id, "score")}`;
    if (this.card.finding.dataset.key === key) return;
    this.card.finding.dataset.key = key;
    const had = this.card.finding.contains(document.activeElement);
    this.card.finding.replaceChildren(gradeMark(grade, titles[grade]?.title ?? grade));
    if (!store.mayFill || heavier.length === 0) return;
    const select = el("select", { id: `f-${id}`, "aria-label": `${t("raise")}, ${id}`, change: (event) => this.#raise(event.target.value) },
      el("option", { value: "" }, t("by_answer", { grade: titles[automatic].title })),
      ...heavier.map((one) => el("option", { value: one, selected: one === own }, titles[one]?.title ?? one)));
    this.card.finding.append(select);
    if (had) select.focus();
    if (own && !store.value(id, "comment")) this.card.finding.append(el("p", { class: "hint" }, t("raise_why")));
  }

  /** @param {string} grade */
  #raise(grade) {
    this.store.set(this.id, "finding", grade || null);
    if (grade && !this.store.value(this.id, "comment")) this.#toggleNote(true);
  }

  #updateEvidence() {
    const rule = this.criterion.evidence;
    const missing = rule !== undefined && lacksEvidence(this.store, this.criterion);
    this.card.evidence.hidden = !missing;
    if (missing && rule) {
      const word = t(evidenceWord(rule));
      if (this.card.evidence.textContent !== word) this.card.evidence.replaceChildren(icon("paperclip"), el("span", {}, word));
    }
  }

  #updatePhotos() {
    const photos = this.store.photosOf(this.id);
    this.card.photos.hidden = photos.length === 0;
    const key = photos.map((photo) => photo.id + photo.state).join();
    if (this.card.photos.dataset.key === key) return;
    this.card.photos.dataset.key = key;
    const focused = document.activeElement?.closest("[data-photo]");
    const had = focused && this.card.photos.contains(focused) ? focused.getAttribute("data-photo") : null;
    this.card.photos.replaceChildren(...photos.map((photo, at) => this.#picture(photo, at + 1)));
    const again = had && this.card.photos.querySelector(`[data-photo="${had}"] button`);
    if (again instanceof HTMLElement) again.focus({ preventScroll: true });
  }

  /**
   * @param {import("./store.js").Photo} photo
   * @param {number} number
   */
  #picture(photo, number) {
    const name = t("photo_of", { number, criterion: this.id });
    const state = PHOTO_STATES[photo.state];
    const address = photo.url ?? (photo.state === "sent" ? `${this.root}/photos/${photo.id}/thumbnail` : "");
    const seen = picture(address, name, { width: 96, height: 72, loading: "lazy" });
    const shown = el("button", { type: "button", class: "thumbnail", "aria-label": t("photo_open", { name }), click: () => void openPhoto(this.store, this.root, photo, name) }, seen);
    const word = { waiting: "state_device", sent: "state_sent", lost: "photo_lost", rejected: "photo_refused" }[photo.state];
    return el("li", { class: state, "data-photo": photo.id, "data-state": state }, shown, el("div", { class: "photo-line" }, el("small", {}, icon(STATE_ICONS[state]), t(word)),
      this.store.mayFill && el("button", { type: "button", class: "button icon-only", "aria-label": `${t("delete_photo")}, ${name}`, click: () => this.#remove(photo) }, icon("trash"))));
  }

  /** @param {import("./store.js").Photo} photo */
  #remove(photo) {
    if (confirm(t("delete_photo_ask"))) this.store.send({ kind: "photo.remove", criterion: this.id, photo: { id: photo.id } });
  }

  /** @param {HTMLInputElement} input */
  async #photo(input) {
    const read = [...(input.files ?? [])].map((file) => file.arrayBuffer().catch(() => new ArrayBuffer(0)));
    input.value = "";
    for (const content of read) {
      const problem = await addPhoto(this.store, this.id, await content);
      if (!problem) continue;
      cameraCloses(this.store.vault, this.store.audit.id);
      this.#say(t(problem));
    }
  }

  /** @param {string} text */
  #say(text) {
    this.card.trouble.hidden = false;
    this.card.trouble.replaceChildren(el("p", { class: "problem" }, icon("alert"), text));
    announce(text);
  }

  /** Two answers, or one that was refused. */
  #updateTrouble() {
    const { store, id } = this;
    const keys = ["score", "na", "comment", "finding", "response"].map((field) => `${id}/${field}`);
    const disputed = keys.filter((key) => store.conflicts.has(key));
    const refused = keys.map((key) => store.answers.get(key)).find((answer) => answer?.state === "rejected");
    const signature = JSON.stringify([conflictKey(store, disputed), refused?.code]);
    if (this.card.trouble.dataset.key === signature) return;
    this.card.trouble.dataset.key = signature;
    this.card.trouble.hidden = disputed.length === 0 && !refused;
    this.card.trouble.replaceChildren(...disputed.map((key) => this.#choice(key)));
    if (refused) {
      const code = t(`code_${refused.code}`);
      const put = el("button", { type: "button", class: "button quiet", click: () => dispatchEvent(new CustomEvent("base:discard", { detail: id })) }, t("discard"));
      this.card.trouble.append(el("p", { class: "problem" }, icon("alert"), code.startsWith("code_") ? t("code_other") : code), put);
    }
  }

  /** @param {string} key */
  #choice(key) {
    const { store, id } = this;
    const field = key.split("/")[1];
    const rival = store.answers.get(`${id}/na`);
    const cleared = rival && rival.value !== null ? { value: `${t("na")}: ${rival.value}`, by: rival.by, at: rival.at } : null;
    return drawConflict(store, key, (value) => this.#say_value(field, value), cleared);
  }

  /**
   * @param {string} field
   * @param {any} value
   */
  #say_value(field, value) {
    if (field === "response") return responseWords(value);
    if (field === "finding") return this.store.template.findings[value]?.title ?? value;
    const meaning = field === "score" ? this.criterion.levels?.[String(value)] : undefined;
    return meaning && meaning !== String(value) ? `${value} · ${meaning}` : String(value);
  }

  /** @param {boolean} [open] */
  #toggleNote(open = this.card.noteBox.hidden) {
    this.card.noteBox.hidden = !open;
    this.card.noteButton.setAttribute("aria-expanded", String(open));
    if (open) this.card.note.focus();
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
    const { store, id, card } = this;
    const input = field === "na" ? card.reason : field === "comment" ? card.note : card.amount;
    const text = input?.value.trim() ?? "";
    if (!input || (field === "na" && !text)) return;
    const value = field === "score" ? (text === "" || !input.validity.valid ? null : Number(text)) : text || null;
    if (field === "na") this.asksReason = false;
    if (value !== store.value(id, field)) sayTyped(store, input, id, field, value);
    forgetDraft(input);
  }

  /**
   * Put a value into a field, unless the person is in it.
   * @param {HTMLInputElement | HTMLTextAreaElement} field
   * @param {string} value
   * @param {string} name
   */
  #fill(field, value, name) {
    if (!this.typing.size) fillField(field, value, this.store.answers.get(`${this.id}/${name}`));
    if (field === this.card.note && value && this.card.noteBox.hidden) {
      this.card.noteBox.hidden = false;
      this.card.noteButton.setAttribute("aria-expanded", "true");
    }
  }
}
