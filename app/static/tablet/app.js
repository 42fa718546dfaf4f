// The audit screen: fetches the audit, draws it, keeps it in step with the server.

import { ask, json, Refused, Sync } from "./sync.js";
import { byId, el } from "./dom.js";
import { Screen } from "./render.js";
import { Store } from "./store.js";
import { speak, t } from "./words.js";

const SLOTS = 4;
const { api = "", signIn = "/login" } = document.body.dataset;
const auditId = location.pathname.split("/").pop() ?? "";
const root = `${api}/audits/${auditId}`;

/**
 * Each page of this audit in one browser has a queue of its own; a queue left behind by a closed page comes first.
 * @param {string} user
 */
async function outboxKey(user) {
  const keys = Array.from({ length: SLOTS }, (_none, at) => `base-outbox-${user}-${auditId}${at ? `-${at}` : ""}`);
  if (!navigator.locks) return keys[0];
  const waiting = keys.filter((key) => JSON.parse(localStorage.getItem(key) ?? "null")?.ops?.length);
  for (const key of [...waiting, ...keys]) if (await held(key)) return key;
  return keys[SLOTS - 1];
}

/**
 * Hold a lock for the life of this page; false when another page has it.
 * @param {string} name
 * @returns {Promise<boolean>}
 */
function held(name) {
  return new Promise((answer) => {
    void navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      answer(lock !== null);
      return lock ? new Promise(() => {}) : undefined;
    });
  });
}

async function fetchBundle() {
  const answer = await ask(`${root}/bundle`);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return json(answer);
}

async function start() {
  const bundle = await fetchBundle();
  if (speak(bundle.language)) return;
  const store = new Store(bundle, await outboxKey(bundle.user.id));
  const screen = new Screen(store, root, signIn);
  const sync = new Sync(store, root, () => screen.showSync(sync));
  store.listen(() => screen.showSync(sync));
  screen.showSync(sync);
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (store.places.has(wanted)) screen.areas.show(wanted);
  else screen.areas.open(store.template.areas[0].id, false);
  sync.kick();
  addEventListener("base:discard", (event) => {
    store.discard(/** @type {CustomEvent<string>} */ (event).detail);
    void fetchBundle().then((fresh) => store.take(fresh));
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && screen.areas.flush());
  addEventListener("beforeunload", (event) => {
    screen.areas.flush();
    if (store.pending) event.preventDefault();
  });
}

/** @param {unknown} problem */
function failed(problem) {
  if (problem instanceof Refused && problem.trouble === "signin") {
    location.assign(`${signIn}?next=${encodeURIComponent(location.pathname)}`);
    return;
  }
  const words = navigator.onLine ? t("load_failed") : t("load_offline");
  byId("main").replaceChildren(
    el("p", { class: "loading", role: "alert" }, words),
    el("p", {}, el("button", { type: "button", class: "button primary", click: begin }, t("load_again"))),
  );
  addEventListener("online", begin, { once: true });
}

/** Open the audit whose address this page has. */
export function begin() {
  start().catch(failed);
}
