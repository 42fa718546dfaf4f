// The opening and the closing meeting: each a page of its own beside the questions.

import { CLOSING, OPENING, signaturesOf } from "./digest.js";
import { byId, el, icon, setText } from "./dom.js";
import { findingsOf, Hearing, unheard } from "./hearing.js";
import { button } from "./parts.js";
import { People, peopleAt } from "./people.js";
import { Signing } from "./signing.js";
import { n, t, time } from "./words.js";

/** @typedef {import("./store.js").Store} Store */

/** @type {Record<string, string>} */
const ICONS = { [OPENING]: "team", [CLOSING]: "speech" };

export class Meetings {
  /**
   * @param {Store} store
   * @param {string} root
   * @param {() => void} back to the questions
   * @param {() => void} finish
   */
  constructor(store, root, back, finish) {
    this.store = store;
    this.opened = "";
    this.hearing = new Hearing(store);
    this.signing = new Signing(store, root);
    /** @type {Record<string, HTMLElement[]>} */
    const parts = { [OPENING]: [], [CLOSING]: [this.hearing.element, this.signing.element] };
    this.pages = [OPENING, CLOSING].map((meeting) => {
      const people = new People(store, meeting);
      const end = meeting === CLOSING
        ? [button("printer", t("print_findings"), () => print()), store.mayFill && button("flag", t("finish"), finish, "primary")]
        : [button("arrow-right", t("to_questions"), back, "primary")];
      const heading = el("h2", { tabindex: -1 }, t(meeting));
      const element = el("section", { class: "meeting", id: `c-${meeting}`, "aria-label": t(meeting), hidden: true },
        el("header", {}, button("arrow-left", t("to_questions"), back), heading),
        el("p", { class: "only-printed" }, `${store.audit.supplier} · ${store.audit.number} · ${store.template.title} ${store.template.version}`),
        people.element, ...parts[meeting], el("p", { class: "meeting-end" }, ...end.filter((one) => one !== false)));
      const state = el("small", {});
      const entry = el("button", { type: "button", class: "meeting-entry", click: () => this.open(meeting) }, icon(ICONS[meeting]), el("span", {}, el("strong", {}, t(meeting)), state), icon("chevron-right"));
      return { meeting, people, element, heading, state, entry };
    });
    this.strip = el("nav", { class: "meeting-entries", "aria-label": t("meetings") }, ...this.pages.map((page) => page.entry));
    this.update();
  }

  /** Everything that is part of the screen. */
  get elements() {
    return this.pages.map((page) => page.element);
  }

  /** Called before a meeting is shown. */
  leaving() {}

  /** @param {string} meeting */
  open(meeting) {
    this.leaving();
    this.opened = meeting;
    for (const page of this.pages) page.element.hidden = page.meeting !== meeting;
    this.#frame();
    this.update();
    scrollTo({ top: 0 });
    this.pages.find((page) => page.meeting === meeting)?.heading.focus({ preventScroll: true });
    history.replaceState(null, "", `#${meeting.replace(":", "-")}`);
  }

  close() {
    if (!this.opened) return;
    this.opened = "";
    for (const page of this.pages) page.element.hidden = true;
    this.#frame();
    history.replaceState(null, "", location.pathname);
  }

  update() {
    for (const { meeting, state } of this.pages) setText(state, this.#short(meeting));
    const page = this.pages.find((one) => one.meeting === this.opened);
    page?.people.update();
    if (this.opened !== CLOSING) return;
    this.hearing.update();
    void this.signing.update();
  }

  #frame() {
    document.body.classList.toggle("at-meeting", this.opened !== "");
    byId("bottom").hidden = this.opened !== "";
  }

  /** How a meeting stands, in a few words. @param {string} meeting */
  #short(meeting) {
    const { store } = this;
    const people = peopleAt(store, meeting).length;
    const held = store.value(meeting, "held_at");
    const said = [people ? n("people_count", people) : t("not_yet"), people && held ? time(held) : ""];
    const all = findingsOf(store).length;
    if (meeting === CLOSING && people && all) said.push(t("heard", { done: all - unheard(store).length, all }));
    if (meeting === CLOSING && signaturesOf(store).length) said.push(n("signature_count", signaturesOf(store).length));
    return said.filter(Boolean).join(" · ");
  }
}
