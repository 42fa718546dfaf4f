// The app's first screen: the audits that this person can fill in, which of them are on this tablet, and how safe.

import { announce, byId, el, icon, redraw, setText } from "./dom.js";
import { ask, json, Refused } from "./asking.js";
import { lookForLoss } from "./alarms.js";
import { isForgotten, othersHere } from "./canary.js";
import { button, SYNC_ICONS } from "./parts.js";
import { inAppleTab, installButton, installHint } from "./install.js";
import { keptAudits, prepare } from "./checkout.js";
import { Sync } from "./sync.js";
import { openVault, rememberUser, whoIsHere } from "./vault.js";
import { locale, n, speak, t } from "./words.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./checkout.js").KeptAudit} KeptAudit */
/** @typedef {import("./checkout.js").Obstacle} Obstacle */
/** @typedef {"" | "offline" | "signin"} Trouble */
/**
 * One line of the list: from the server, from this tablet, or both. `step` is what is being done to take it along.
 * @typedef {{id: string, number: string, supplier: string, visitOn: string | null, kept: KeptAudit | null,
 *   fillable: boolean, step?: string, obstacle?: Obstacle}} Line
 */

const { api = "", signIn = "/login" } = document.body.dataset;
const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });

class Home {
  constructor() {
    /** @type {Vault | null} */
    this.vault = null;
    /** @type {Sync | null} */
    this.sync = null;
    /** @type {Map<string, Line>} */
    this.lines = new Map();
    /** @type {Trouble | null} null: the server has not answered yet */
    this.trouble = null;
    this.list = el("div", { class: "lines" });
    this.hints = el("div", {});
    this.others = el("div", {});
  }

  async show() {
    setText(byId("title"), t("home_title"));
    document.title = `${t("home_title")} · BASE`;
    byId("back").setAttribute("aria-label", t("home_office"));
    byId("areas").hidden = true;
    byId("main").replaceChildren(this.hints, this.list, this.others);
    addEventListener("base:installable", () => this.#hint());
    addEventListener("online", () => void this.#refresh());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void this.#refresh());
    await this.#open(await whoIsHere());
    await this.#refresh();
  }

  /**
   * @param {import("./vault.js").User | null} user
   * @param {any} [me] what the server says of them
   */
  async #open(user, me) {
    if (user === null || inAppleTab() || user.id === this.vault?.user.id) return;
    this.sync?.end();
    this.vault?.close();
    this.lines.clear();
    this.vault = await openVault(user).catch(() => null);
    this.vault?.listen((message) => message.kind === "changed" && void this.#readKept());
    if (this.vault) await lookForLoss(this.vault, api, Boolean(me?.had_tablet) && (await isForgotten(this.vault))); // sending notes anew what waits
    this.sync = this.vault && new Sync(this.vault, api, null);
    this.sync?.kick(); // what waits is sent from here too
    await this.#readKept();
  }

  /** What the server says; without it the audits of this tablet stay. */
  async #refresh() {
    try {
      const me = await json(await ask(`${api}/me`));
      if (speak(me.language)) return;
      const user = { id: me.user_id, name: me.name, language: me.language };
      rememberUser(user);
      await this.#open(user, me);
      const { audits } = await json(await ask(`${api}/audits`));
      this.trouble = "";
      this.#take(audits);
    } catch (problem) {
      this.trouble = problem instanceof Refused ? "signin" : "offline";
    }
    await this.#readKept();
  }

  /** @param {{id: string, number: string, supplier: string, visit_on: string | null}[]} audits */
  #take(audits) {
    const before = this.lines;
    this.lines = new Map(audits.map((one) => [one.id, // the same object: buttons hold it
      Object.assign(before.get(one.id) ?? {}, one, { visitOn: one.visit_on, kept: null, fillable: true })]));
  }

  async #readKept() {
    const kept = this.vault ? await keptAudits(this.vault).catch(() => []) : [];
    for (const one of kept) {
      const line = this.lines.get(one.id);
      if (line) line.kept = one;
      else this.lines.set(one.id, { id: one.id, number: one.number, supplier: one.supplier, visitOn: one.visitOn, kept: one, fillable: false });
    }
    this.#draw();
  }

  #draw() {
    this.#hint();
    this.#sync();
    this.others.replaceChildren(...this.#others());
    const lines = [...this.lines.values()];
    if (lines.length) redraw(this.list, ...lines.map((line) => this.#line(line)));
    else if (this.trouble !== null && !inAppleTab()) redraw(this.list, this.#nothing());
  }

  #hint() {
    const install = installButton();
    if (inAppleTab()) this.hints.replaceChildren(installHint());
    else this.hints.replaceChildren(...(install ? [el("p", { class: "notice" }, el("span", {}, t("install_offer")), install)] : []));
  }

  #sync() {
    const pending = [...this.lines.values()].reduce((sum, line) => sum + (line.kept?.unsent ?? 0), 0);
    const state = this.trouble || (pending ? "pending" : "synced");
    const words = {
      synced: t("all_sent"),
      pending: n("waiting", pending),
      offline: pending ? n("offline", pending) : t("offline_none"),
      signin: pending ? n("sign_in_to_send", pending) : t("sign_in"),
    }[state];
    const label = el("span", {}, words);
    Object.assign(byId("sync").dataset, { sync: state, pending: String(pending) });
    byId("sync").replaceChildren(icon(SYNC_ICONS[state]), state === "signin" ? el("a", { href: signInHere() }, label) : label);
  }

  /** Other people's work on this tablet: names and counts. */
  #others() {
    return othersHere(this.vault?.user.id ?? "").map((one) =>
      el("p", { class: "notice" }, icon("lock"), n("others", one.answers + one.photos).replace("{name}", one.name)));
  }

  #nothing() {
    const [title, text, link] = {
      signin: ["home_sign_in", "home_sign_in_why", el("a", { class: "button primary", href: signInHere() }, icon("key"), el("span", {}, t("sign_in")))],
      offline: ["home_offline", "home_offline_why", button("return", t("load_again"), () => void this.#refresh())],
      "": ["home_none", "home_none_why", el("a", { class: "button", href: "/" }, icon("arrow-left"), el("span", {}, t("home_office")))],
    }[this.trouble ?? ""];
    return el("section", { class: "card" }, el("h2", {}, t(/** @type {string} */ (title))), el("p", {}, t(/** @type {string} */ (text))), el("p", {}, link));
  }

  /** @param {Line} line */
  #line(line) {
    const { id, number, supplier, visitOn, kept } = line;
    const when = visitOn ? `${t("home_visit")} ${day.format(new Date(`${visitOn}T12:00`))}` : "";
    return el("article", { class: "card line", "data-audit": id, "data-kept": kept ? (kept.received ? "received" : kept.readyAt ? "ready" : "opened") : "none" },
      el("header", {}, el("h2", {}, supplier), el("p", { class: "quiet-text" }, [number, when].filter(Boolean).join(" · "))),
      el("p", { class: "line-states" }, ...states(line)),
      line.step ? el("p", { class: "line-step" }, icon("clock"), t(`step_${line.step}`)) : null,
      line.obstacle ? el("p", { class: "problem" }, icon("alert"), el("span", {}, t(`obstacle_${line.obstacle}`))) : null,
      inAppleTab() ? null : el("p", { class: "line-buttons" }, ...this.#buttons(line)));
  }

  /** @param {Line} line */
  #buttons(line) {
    const { id, kept, fillable, step } = line;
    const open = el("a", { class: "button primary", href: `/app/audits/${id}` }, icon("clipboard"), el("span", {}, t("home_open")));
    if (!fillable || kept?.readyAt || kept?.received || this.trouble) return [open];
    const take = button("download", t("home_prepare"), () => void this.#prepare(line));
    take.disabled = Boolean(step);
    return [open, take];
  }

  /** @param {Line} line */
  async #prepare(line) {
    if (!this.vault || line.step) return;
    line.obstacle = undefined;
    const obstacle = await prepare(this.vault, line.id, (step) => {
      line.step = step;
      announce(t(`step_${step}`));
      this.#draw();
    });
    line.step = undefined;
    line.obstacle = obstacle ?? undefined;
    announce(t(obstacle ? `obstacle_${obstacle}` : "ready"));
    await this.#readKept();
    /** @type {HTMLElement | null} */ (this.list.querySelector(`[data-audit="${line.id}"] a`))?.focus();
  }
}

/** How an audit stands on this tablet, each with sign and word. @param {Line} line */
function states({ kept }) {
  if (!kept) return [mark("circle", "", t("kept_none"))];
  if (kept.received) return [mark("check-circle", "sent", t("received"))];
  const marks = [kept.readyAt ? mark("check", "sent", t("ready")) : mark("half-circle", "", t("kept_opened"))];
  if (kept.unsent) marks.push(mark("send", "device", n("waiting", kept.unsent)));
  return marks;
}

/**
 * @param {string} name
 * @param {string} kind
 * @param {string} words
 */
function mark(name, kind, words) {
  return el("span", { class: `mark ${kind && `mark-${kind}`}` }, icon(name), el("span", {}, words));
}

function signInHere() {
  return `${signIn}?next=${encodeURIComponent(location.pathname)}`;
}

/** Draw the first screen; resolves when it shows what there is. */
export async function showHome() {
  await new Home().show();
}
