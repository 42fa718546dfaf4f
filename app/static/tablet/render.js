// The frame of the screen: header with how things stand, the areas, the bar at the bottom.

import { announce, byId, el, icon, setText } from "./dom.js";
import { Areas } from "./areas.js";
import { openCentre } from "./centre.js";
import { ResultPanel } from "./result.js";
import { button, SYNC_ICONS } from "./parts.js";
import { n, t, time } from "./words.js";
import { nextUnanswered, unanswered } from "./progress.js";
import { openFacts } from "./dialogs.js";
import { CLOSING, OPENING } from "./digest.js";
import { openFinish } from "./finishing.js";
import { Meetings } from "./meetings.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./sync.js").Sync} Sync */

const SOON = 80;
const LATEST = 150;

export class Screen {
  /**
   * @param {Store} store
   * @param {Sync} sync
   * @param {string} root
   * @param {string} signIn
   */
  constructor(store, sync, root, signIn) {
    this.store = store;
    this.sync = sync;
    this.most = 0;
    /** @type {Set<string>} questions that are not wholly up to date */
    this.touched = new Set();
    this.pressing = this.following = 0;
    this.frame = 0;
    this.counts = this.place = false; // what the next frame brings up to date
    this.signIn = signIn;
    /** @type {HTMLElement | null} */
    this.link = null;
    const finish = () => openFinish(store, root, (id) => this.show(id), () => this.areas.flush());
    this.areas = new Areas(store, root, finish, () => this.#moved());
    this.meetings = new Meetings(store, root, () => this.areas.open(this.areas.current), finish);
    this.meetings.leaving = () => this.areas.leave();
    this.result = new ResultPanel(store);
    const heading = `${store.audit.supplier} · ${store.template.title.split(" – ")[0]} ${store.template.version}`;
    setText(byId("title"), heading);
    document.title = `${heading} · BASE`;
    byId("back").setAttribute("href", `/cases/${store.audit.case_id}`);
    byId("menu").replaceChildren(this.#menu(finish));
    const notice = store.audit.state === "finished" ? t("closed") : store.mayFill ? "" : t("read_only");
    byId("main").replaceChildren(...(notice ? [el("p", { class: "notice" }, icon("lock"), notice)] : []), this.meetings.strip, this.result.element, ...this.areas.panels, ...this.meetings.elements);
    this.previous = el("button", { type: "button", class: "button quiet turn", click: () => this.areas.turn(-1) }, icon("arrow-left"), el("span", {}, t("previous")));
    this.next = el("button", { type: "button", class: "button quiet turn", click: () => this.areas.turn(1) }, el("span", {}, t("next")), icon("arrow-right"));
    this.jump = el("button", { type: "button", class: "button primary jump", click: () => this.#jump() });
    byId("bottom").replaceChildren(this.previous, this.jump, this.next);
    byId("bottom").hidden = false;
    this.#left();
    store.listen((criterion, tapped) => this.update(criterion, tapped));
    sync.watch(() => this.#showSync());
    this.#showSync();
    addEventListener("scroll", () => this.#soon(false, true), { passive: true });
    addEventListener("hashchange", () => this.show(placeOf(location.hash)));
  }

  /**
   * Show a question or a meeting; is there such a one?
   * @param {string} place
   */
  show(place) {
    if (place === OPENING || place === CLOSING) this.meetings.open(place);
    else if (this.store.places.has(place)) this.areas.show(place);
    else return false;
    return true;
  }

  /**
   * Of a tap the level when it is kept, at once if that takes longer, the rest when that is shown: to draw it would make
   * both late.
   * @param {string | null} criterion
   * @param {boolean} tapped
   */
  update(criterion, tapped) {
    if (!criterion || !tapped) return this.#follow(criterion ? [criterion, ...this.touched] : null);
    byId("sync").dataset.pending = String(this.store.pending);
    this.touched.add(criterion);
    const press = () => {
      clearTimeout(this.pressing);
      this.pressing = 0;
      for (const id of this.touched) this.areas.questions.get(id)?.press();
    };
    const follow = () => this.touched.size && this.#follow(this.touched);
    if (this.store.stateOf(criterion) === "saving") {
      this.areas.questions.get(criterion)?.wait();
      this.pressing ||= setTimeout(press, SOON);
    } else {
      press();
      requestAnimationFrame(() => setTimeout(follow));
    }
    this.following ||= setTimeout(follow, LATEST);
  }

  /** @param {Iterable<string> | null} criteria */
  #follow(criteria) {
    clearTimeout(this.following);
    this.following = 0;
    this.areas.update(criteria);
    this.touched.clear();
    this.#soon(true, criteria === null);
    this.#showSync();
  }

  #showSync() {
    const { sync } = this;
    const box = byId("sync");
    const { pending } = this.store;
    const state = sync.state;
    this.most = pending ? Math.max(this.most, pending) : 0;
    const words = {
      synced: sync.lastAt ? t("sent_at", { time: time(sync.lastAt) }) : t("all_sent"),
      pending: t("sending_of", { done: this.most - pending, all: this.most }),
      offline: pending ? n("offline", pending) : t("offline_none"),
      signin: sync.trouble === "stranger" ? t("stranger", { name: this.store.user.name }) : pending ? n("sign_in_to_send", pending) : t("sign_in"),
      conflict: n("conflicts", this.store.conflicts.size),
      full: t("full"),
      error: this.store.safe ? t("blocked") : t("not_saved_title"),
    }[state];
    box.dataset.pending = String(pending);
    if (box.dataset.sync === state && box.dataset.words === words) return;
    if (box.dataset.sync !== state && state !== "synced" && state !== "pending") announce(words);
    box.dataset.sync = state;
    box.dataset.words = words;
    const tag = state === "signin" ? "a" : "button";
    if (this.link?.localName !== tag) box.replaceChildren(this.link = this.#link(tag));
    this.link.replaceChildren(icon(SYNC_ICONS[state]), words); // the same button: a finger or the focus may be on it
  }

  /** @param {"a" | "button"} tag */
  #link(tag) {
    return tag === "a"
      ? el("a", { class: "sync-link", href: `${this.signIn}?next=${encodeURIComponent(location.pathname)}` })
      : el("button", { type: "button", class: "sync-link", "aria-haspopup": "dialog", pointerdown: keepWidth, click: () => this.#centre() });
  }

  #centre() {
    this.areas.flush();
    void openCentre(this.store, this.sync, (id) => this.show(id));
  }

  /** @param {() => void} finish */
  #menu(finish) {
    const list = el("div", { class: "menu-list" },
      button("send", t("centre"), () => this.#centre()),
      button("team", t(OPENING), () => this.show(OPENING)),
      button("speech", t(CLOSING), () => this.show(CLOSING)),
      button("settings", t("facts"), () => openFacts(this.store)),
      this.store.mayFill && button("flag", t("finish"), finish),
      el("a", { class: "button quiet", href: `/cases/${this.store.audit.case_id}` }, icon("arrow-left"), el("span", {}, t("back"))));
    const menu = el("details", {}, el("summary", { class: "button icon-only", "aria-label": t("more") }, icon("menu")), list);
    list.addEventListener("click", () => (menu.open = false));
    menu.addEventListener("keydown", (event) => event.key === "Escape" && (menu.open = false));
    return menu;
  }

  #jump() {
    const focus = document.activeElement?.closest("[data-criterion]");
    const from = focus instanceof HTMLElement ? focus.dataset.criterion : this.areas.here?.criteria[0].id;
    const id = nextUnanswered(this.store, from ?? "");
    if (id) this.areas.show(id);
  }

  #moved() {
    this.meetings.close();
    this.#bottom();
  }

  /**
   * With the next frame, once for all that happens until then.
   * @param {boolean} counts what is answered has changed
   * @param {boolean} place where the person is may have changed; finding out measures the page
   */
  #soon(counts, place) {
    this.frame ||= requestAnimationFrame(() => this.#now());
    this.counts ||= counts;
    this.place ||= place;
  }

  #now() {
    const { counts, place } = this;
    this.frame = 0;
    this.counts = this.place = false;
    if (counts) {
      this.areas.updateCounts();
      this.meetings.update();
      this.result.update();
      this.#left();
    }
    if (place) this.#bottom();
  }

  #left() {
    const left = unanswered(this.store).length;
    setText(this.jump, left ? n("open_left", left) : t("open_none"));
    this.jump.disabled = left === 0;
  }

  /** Where the person is. */
  #bottom() {
    const order = this.areas.order;
    const at = order.indexOf(this.areas.here);
    this.previous.disabled = at <= 0;
    this.next.disabled = at < 0 || at >= order.length - 1;
  }
}

/** The place that an address names: "#meeting-closing", "#EKO-ZAR-01". @param {string} hash */
export const placeOf = (hash) => decodeURIComponent(hash.slice(1)).replace(/^meeting-/, "meeting:");

/** A finger that is down stays on the button although its words grow shorter. @param {PointerEvent} event */
function keepWidth({ currentTarget: button }) {
  if (!(button instanceof HTMLElement)) return;
  button.style.minInlineSize = `${button.offsetWidth}px`;
  addEventListener("pointerup", () => setTimeout(() => (button.style.minInlineSize = "")), { once: true });
}
