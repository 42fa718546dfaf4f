// Who was at a meeting, and when: one list and one time, both answers of the meeting.

import { conflictKey, drawConflict } from "./conflicts.js";
import { OPENING } from "./digest.js";
import { el, icon, setText } from "./dom.js";
import { button } from "./parts.js";
import { fillField, sayTyped } from "./typing.js";
import { day, t, time } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {{name: string, role: string}} Person */

const MOST = 50;

/**
 * @param {Store} store
 * @param {string} meeting
 * @returns {Person[]}
 */
export const peopleAt = (store, meeting) => store.value(meeting, "attendees") ?? [];

export class People {
  /**
   * @param {Store} store
   * @param {string} meeting
   */
  constructor(store, meeting) {
    this.store = store;
    this.meeting = meeting;
    this.key = "";
    const off = !store.mayFill;
    const id = meeting.replace(":", "-");
    this.list = el("ul", { class: "people" });
    this.known = el("p", { class: "known" });
    this.printed = el("p", { class: "only-printed" });
    this.trouble = el("div", {});
    this.name = el("input", { type: "text", id: `name-${id}`, maxlength: 120, autocomplete: "off", required: true });
    this.role = el("input", { type: "text", id: `role-${id}`, maxlength: 120, autocomplete: "off" });
    this.time = el("input", { type: "datetime-local", id: `time-${id}`, disabled: off, change: () => this.#setTime(this.time.value) });
    const form = el("form", { class: "add-person", hidden: off, submit: (event) => this.#add(event) },
      el("p", {}, el("label", { for: this.name.id }, t("person_name")), this.name),
      el("p", {}, el("label", { for: this.role.id }, t("person_role")), this.role),
      el("button", { type: "submit", class: "button" }, icon("plus"), el("span", {}, t("person_add"))));
    this.element = el("section", { class: "sheet", "aria-labelledby": `people-${id}` },
      el("h3", { id: `people-${id}` }, t("people")), this.trouble, this.list, this.known, form,
      el("p", { class: "held" }, el("label", { for: this.time.id }, t("held_at")), this.time), this.printed);
    this.update();
  }

  update() {
    const { store, meeting } = this;
    const people = peopleAt(store, meeting);
    const held = store.value(meeting, "held_at");
    fillField(this.time, held ? onClock(new Date(held)) : "", store.answers.get(`${meeting}/held_at`));
    setText(this.printed, held ? day(held) : "");
    const known = store.mayFill ? this.#known(people) : [];
    const keys = [`${meeting}/attendees`, `${meeting}/held_at`];
    const key = JSON.stringify([people, known, conflictKey(store, keys)]);
    if (key === this.key) return;
    this.key = key;
    const rows = people.map((one, at) => el("li", {}, icon("person"), el("span", {}, el("strong", {}, one.name), one.role && el("small", {}, one.role)),
      store.mayFill && el("button", { type: "button", class: "button icon-only", "aria-label": t("person_remove", { name: one.name }), click: () => this.#remove(at) }, icon("cross"))));
    this.list.replaceChildren(...(rows.length ? rows : [el("li", { class: "quiet-text" }, t("people_none"))]));
    this.known.replaceChildren(...known.map((one) => button("plus", one.role ? `${one.name}, ${one.role}` : one.name, () => this.#meet(one))));
    this.known.hidden = known.length === 0;
    const [lists, times] = keys;
    this.trouble.replaceChildren(
      ...(store.conflicts.has(lists) ? [drawConflict(store, lists, (/** @type {Person[]} */ all) => all.map((one) => one.name).join(", "))] : []),
      ...(store.conflicts.has(times) ? [drawConflict(store, times, time)] : []));
  }

  /**
   * People who are likely here: those of the opening meeting, and who holds the tablet.
   * @param {Person[]} here
   */
  #known(here) {
    const { store } = this;
    const likely = [...(this.meeting === OPENING ? [] : peopleAt(store, OPENING)), { name: store.user.name, role: t("auditor") }];
    const names = new Set(here.map((one) => one.name));
    return likely.filter((one, at) => !names.has(one.name) && likely.findIndex((other) => other.name === one.name) === at);
  }

  /** Somebody who is likely here is here. @param {Person} one */
  #meet(one) {
    this.#put([...peopleAt(this.store, this.meeting), one]);
    (this.known.querySelector("button") ?? this.time).focus();
  }

  /** @param {SubmitEvent} event */
  #add(event) {
    event.preventDefault();
    const name = this.name.value.trim();
    const people = peopleAt(this.store, this.meeting);
    if (!name || people.length >= MOST) return this.name.focus();
    this.#put([...people, { name, role: this.role.value.trim() }]);
    this.name.value = "";
    this.role.value = "";
    this.name.focus();
  }

  /** @param {number} at */
  #remove(at) {
    this.#put(peopleAt(this.store, this.meeting).filter((_one, place) => place !== at));
    const left = this.list.querySelectorAll("button");
    (left[Math.min(at, left.length - 1)] ?? this.name).focus();
  }

  /** The first person begins the meeting. @param {Person[]} people */
  #put(people) {
    const { store, meeting } = this;
    void store.set(meeting, "attendees", people.length ? people : null);
    if (people.length && !store.value(meeting, "held_at")) void store.set(meeting, "held_at", new Date().toISOString());
    this.update();
  }

  /** @param {string} said */
  #setTime(said) {
    sayTyped(this.store, this.time, this.meeting, "held_at", said ? new Date(said).toISOString() : null);
  }
}

/** The local time as a field takes it. @param {Date} at */
function onClock(at) {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
