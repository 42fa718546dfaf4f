// The audit screen: what the server has goes into the tablet's store, the screen is drawn from there, with and without
// a network.

import { Alarms, lookForLoss } from "./alarms.js";
import { ask, json, Refused } from "./asking.js";
import { lostPhoto } from "./camera.js";
import { isOlder } from "./checkout.js";
import { isForgotten, keepCanary } from "./canary.js";
import { byId, el } from "./dom.js";
import { keepBundle } from "./keeping.js";
import { note } from "./log.js";
import { placeOf, Screen } from "./render.js";
import { Store } from "./store.js";
import { Sync } from "./sync.js";
import { openDrafts } from "./typing.js";
import { isFull, openVault, rememberUser, whoIsHere } from "./vault.js";
import { speak, t } from "./words.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {{me: any, bundle: any}} Fetched */

const QUICK = 2_500;
const { api = "", app = "0", signIn = "/login" } = document.body.dataset;
const auditId = location.pathname.split("/").pop() ?? "";
const root = `${api}/audits/${auditId}`;

/** This app may send what it holds, but take no further audits along. */
class TooOld extends Error {}

/** What the server has, in one go; a slow network is not waited for when the audit is on this tablet. */
async function fetchAudit() {
  const [me, bundle] = await Promise.all([ask(`${api}/me`), ask(`${root}/bundle`)]);
  if (!me.ok || !bundle.ok) throw new Error(`status ${me.status} ${bundle.status}`);
  return { me: await json(me), bundle: await json(bundle) };
}

async function start() {
  const asked = fetchAudit();
  asked.catch(() => {});
  const fetched = await Promise.race([asked, new Promise((done) => setTimeout(done, QUICK))]).catch((problem) => problem);
  const fresh = fetched?.bundle ? /** @type {Fetched} */ (fetched) : null;
  if (fresh && speak(fresh.bundle.language)) return;
  const held = (await openHeld(fresh)) ?? (await openHeld(await asked));
  if (!held) throw fetched;
  const { store, emptied } = held;
  await show(store, fresh, emptied);
  if (fresh) return;
  if (fetched instanceof Refused) return;
  const late = await asked.catch(() => null);
  if (late?.bundle.user.id === store.user.id) await keepBundle(store.vault, late.bundle);
}

/**
 * The audit from this tablet's store, after putting there what was fetched; null when it is not there.
 * @param {Fetched | null} fetched
 */
async function openHeld(fetched) {
  const user = fetched ? { ...fetched.bundle.user, language: fetched.bundle.language } : await whoIsHere();
  if (!user) return null;
  const vault = await openVault(user);
  rememberUser(user);
  const emptied = Boolean(fetched?.me.had_tablet) && (await isForgotten(vault));
  if (fetched) {
    const known = await vault.read(["audits"], (tx) => tx.objectStore("audits").get(auditId));
    if (!known && isOlder(app, fetched.me.min_client)) throw new TooOld();
    await keepBundle(vault, fetched.bundle).catch((problem) => {
      if (!known || !isFull(problem)) throw problem; // without room what is here stays as it is
    });
  }
  const store = await Store.load(vault, auditId);
  if (!store) vault.close();
  return store && { store, emptied };
}

/**
 * @param {Store} store
 * @param {Fetched | null} fetched
 * @param {boolean} emptied there was an audit in the store, and nothing here remembers one
 */
async function show(store, fetched, emptied) {
  const { vault } = store;
  const left = await lookForLoss(vault, api, emptied);
  await store.refresh(null);
  const sync = new Sync(vault, api, store);
  const screen = new Screen(store, sync, root, signIn);
  const alarms = new Alarms(store, sync, (id) => screen.show(id));
  if (!screen.show(placeOf(location.hash))) screen.areas.open(store.template.areas[0].id, false);
  for (const { audit, op, more } of left) if (audit === auditId) void store.send({ kind: op.kind, ...op }, more); // shown, and called not saved
  const photo = await lostPhoto(vault, auditId);
  if (photo) alarms.photoLost(photo);
  keepInStep(store, sync, screen);
  if (store.mayFill) openDrafts(vault.user.id, auditId);
  await keepCanary(vault);
  void note(vault, "opened", { audit: auditId, online: fetched !== null });
  store.guide().catch(() => {}); // unfolding it asks again
  dispatchEvent(new Event("base:opened"));
}

/**
 * @param {Store} store
 * @param {Sync} sync
 * @param {Screen} screen
 */
function keepInStep(store, sync, screen) {
  const flush = () => screen.areas.flush();
  store.listen(() => {
    if (store.row.may_fill === store.mayFill) return;
    flush();
    location.reload(); // closed, or no longer this person's: the screen is another one
  });
  addEventListener("base:discard", (event) => {
    const criterion = /** @type {CustomEvent<string>} */ (event).detail;
    void store.discard(criterion);
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && flush());
  addEventListener("pagehide", flush);
  addEventListener("beforeunload", (event) => {
    flush();
    if (!store.safe || store.saving.length) event.preventDefault(); // the rest is kept on this tablet
  });
  sync.kick();
}

/** @param {unknown} problem */
function failed(problem) {
  if (problem instanceof Refused && problem.trouble === "signin") {
    location.assign(`${signIn}?next=${encodeURIComponent(location.pathname)}`);
    return;
  }
  byId("main").replaceChildren(
    el("p", { class: "loading", role: "alert" }, t(wordFor(problem))),
    el("p", {}, el("button", { type: "button", class: "button primary", click: begin }, t("load_again"))),
  );
  addEventListener("online", begin, { once: true });
}

/** @param {unknown} problem */
function wordFor(problem) {
  if (problem instanceof TooOld) return "obstacle_old";
  if (problem instanceof Refused && problem.trouble === "blocked") return "load_refused";
  if (problem instanceof DOMException && problem.name !== "AbortError") return "store_failed";
  return navigator.onLine && !(problem instanceof TypeError) ? "load_failed" : "load_offline"; // fetch says so, too
}

/** Open the audit whose address this page has. */
export function begin() {
  start().catch(failed);
}
