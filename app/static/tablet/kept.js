// The app itself, kept on the tablet: its service worker, what it has kept, and a newer version when there is one.

import { byId, el, icon } from "./dom.js";
import { button } from "./parts.js";
import { t } from "./words.js";

const OFTEN_ENOUGH = 3_600_000;
const PATIENCE = 60_000;
const QUICKLY = 1_500;
let askedAt = 0;
let taking = false;

/** The browser's side of the service worker; none where the address is not safe (https). */
const container = /** @type {ServiceWorkerContainer | undefined} */ (navigator.serviceWorker);

/** Register the worker, look for newer versions from time to time, and offer them. */
export async function keepApp() {
  const { worker = "" } = document.body.dataset;
  if (!container || !worker) return;
  container.addEventListener("controllerchange", () => taking && location.reload());
  const kept = await container.register(worker, { scope: "/app/", updateViaCache: "none" }).catch(() => null);
  if (!kept) return; // no network, or the office has switched it off: the version on the tablet goes on
  askedAt = Date.now();
  offerUpdate(kept);
  kept.addEventListener("updatefound", () => kept.installing?.addEventListener("statechange", () => offerUpdate(kept)));
  new MutationObserver(() => offerUpdate(kept)).observe(byId("sync"), { attributeFilter: ["data-pending"] });
  document.addEventListener("visibilitychange", () => void lookForUpdate(kept));
}

/** @param {ServiceWorkerRegistration} kept */
async function lookForUpdate(kept) {
  if (document.visibilityState !== "visible" || Date.now() - askedAt < OFTEN_ENOUGH) return;
  askedAt = Date.now();
  await kept.update().catch(() => null); // no network: later
}

/**
 * A new version waits until the person says so, and is offered only when everything is sent.
 * @param {ServiceWorkerRegistration} kept
 */
function offerUpdate(kept) {
  const box = byId("offers");
  const shown = box.querySelector("[data-offer=update]");
  const drawn = !document.getElementById("loading"); // before that nobody knows what waits
  const due = drawn && kept.waiting && container?.controller && byId("sync").dataset.pending === "0";
  if (!due) return shown?.remove();
  if (shown) return;
  box.append(el("p", { class: "offer", "data-offer": "update", role: "status" }, icon("info"), el("span", {}, t("update_ready")),
    button("return", t("update_now"), () => takeOver(kept), "primary")));
}

/** @param {ServiceWorkerRegistration} kept */
function takeOver(kept) {
  taking = true;
  kept.waiting?.postMessage("take-over");
}

/**
 * At a start with no other page open, a version that waits takes over at once.
 * @returns {Promise<boolean>} is the page loading again?
 */
export async function takeOverWaiting() {
  const kept = await container?.getRegistration("/app/").catch(() => null);
  if (!kept?.waiting || !container?.controller) return false;
  const changed = new Promise((go) => container.addEventListener("controllerchange", go, { once: true }));
  const alone = await ask(kept.waiting, "take-over-when-alone", QUICKLY);
  if (alone !== true || (await Promise.race([changed, pause(QUICKLY)])) === null) return false;
  location.reload();
  return true;
}

/**
 * Are all files of the app on this tablet? Waits for the first installation to end.
 * @returns {Promise<boolean>}
 */
export async function appIsKept() {
  if (!container) return false;
  const ready = await Promise.race([container.ready, pause(PATIENCE)]);
  const said = /** @type {{missing?: string[]} | null} */ (ready?.active ? await ask(ready.active, "check", PATIENCE) : null);
  return said?.missing?.length === 0;
}

/** Can this browser keep an app at all? Not without https. */
export function canKeepApp() {
  return Boolean(container);
}

/**
 * A worker's answer; null when none comes in time.
 * @param {ServiceWorker} worker
 * @param {string} question
 * @param {number} patience milliseconds
 */
function ask(worker, question, patience) {
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((go) => (port1.onmessage = (event) => go(event.data)));
  worker.postMessage(question, [port2]);
  return Promise.race([answer, pause(patience)]);
}

/**
 * @param {number} milliseconds
 * @returns {Promise<null>}
 */
function pause(milliseconds) {
  return new Promise((go) => setTimeout(() => go(null), milliseconds));
}
