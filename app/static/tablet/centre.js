// The list of everything that the server does not have yet, of all audits on this tablet, each with its reason.

import { openFacts } from "./dialogs.js";
import { el, icon, redraw } from "./dom.js";
import { FACTS, keyOf, unsent } from "./showing.js";
import { button, openDialog } from "./parts.js";
import { rescue } from "./rescue.js";
import { othersHere } from "./canary.js";
import { factWord, n, t, time } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./sync.js").Sync} Sync */
/** @typedef {import("./keeping.js").Queued} Queued */
/** @typedef {import("./keeping.js").PhotoRow} PhotoRow */
/** @typedef {import("./keeping.js").AuditRow} AuditRow */
/** @typedef {import("./keeping.js").ConflictRow} ConflictRow */
/** @typedef {{audits: AuditRow[], queued: Queued[], photos: PhotoRow[], conflicts: ConflictRow[]}} Waiting */

/**
 * @param {Store} store
 * @param {Sync} sync
 * @param {(criterion: string) => void} show
 */
export async function openCentre(store, sync, show) {
  const { vault } = store;
  const box = el("div", { class: "centre" });
  const send = button("send", t("send_now"), () => sync.now(), "primary");
  const dialog = openDialog(t("centre"), box,
    el("p", { class: "dialog-actions" }, send, button("download", t("rescue_file"), () => void rescue(vault, store))));
  const draw = async () => {
    const waiting = await readWaiting(vault).catch(() => null);
    if (!dialog.isConnected || !waiting) return;
    const audits = waiting.audits.map((audit) => drawAudit(audit, waiting, store, sync, go)).filter((one) => one !== null);
    const others = othersHere(store.user.id).map((one) => el("li", {}, icon("lock"), n("others", one.answers + one.photos + one.refused).replace("{name}", one.name)));
    redraw(box,
      ...(audits.length ? audits : [el("p", { class: "with-icon" }, icon("check-circle"), el("span", {}, t("centre_empty")))]),
      ...(others.length ? [el("section", {}, el("h3", {}, t("others_title")), el("ul", { class: "waiting" }, ...others))] : []));
  };
  function go(/** @type {string} */ criterion) {
    dialog.close();
    if (criterion === FACTS) openFacts(store);
    else show(criterion);
  }
  store.listen(() => dialog.isConnected && void draw());
  sync.watch(() => dialog.isConnected && void draw());
  await draw();
}

/**
 * @param {import("./vault.js").Vault} vault
 * @returns {Promise<Waiting>}
 */
async function readWaiting(vault) {
  const [audits, queued, photos, conflicts] = await vault.all("audits", "outbox", "photos", "conflicts");
  return { audits, queued, photos: photos.filter((one) => ["waiting", "lost", "rejected"].includes(one.state)), conflicts };
}

/**
 * @param {AuditRow} audit
 * @param {Waiting} waiting
 * @param {Store} store
 * @param {Sync} sync
 * @param {(criterion: string) => void} go
 */
function drawAudit(audit, { queued, photos, conflicts }, store, sync, go) {
  const here = audit.id === store.audit.id;
  const mine = (/** @type {{audit: string}} */ one) => one.audit === audit.id;
  const reason = reasonOf(audit.id, sync);
  const rows = [
    ...conflicts.filter(mine).map((one) => line("alert", placeOf(one.criterion, one.field), t("conflict_title"), "", here && one.criterion, go)),
    ...[...unsent(queued.filter(mine), photos).ops, ...queued.filter((one) => mine(one) && one.quarantine)].map((one) => {
      const [criterion, field] = keyOf(one.op) ?? [one.op.criterion ?? one.op.photo?.criterion ?? "", "photo"];
      const why = one.quarantine ? refusal(one.quarantine) : reason;
      return line(one.quarantine ? "cross-circle" : "clock", placeOf(criterion, field), why, time(one.op.at_device), here && criterion, go);
    }),
    ...photos.filter(mine).map((one) => {
      const why = one.state === "waiting" ? reason : t(one.state === "lost" ? "photo_lost_why" : "photo_refused");
      return line(one.state === "rejected" ? "cross-circle" : "camera", placeOf(one.criterion, "photo"), why, time(one.at), here && one.criterion, go);
    }),
  ];
  if (!rows.length) return null;
  return el("section", {}, el("h3", {}, audit.header.supplier), audit.gap && el("p", { class: "problem" }, icon("alert"), t("gap")), el("ul", { class: "waiting" }, ...rows));
}

/**
 * @param {string} name of an icon
 * @param {string} place
 * @param {string} why
 * @param {string} at
 * @param {string | false} criterion where the person can go from here
 * @param {(criterion: string) => void} go
 */
function line(name, place, why, at, criterion, go) {
  const words = el("span", {}, el("strong", {}, place), el("small", {}, [why, at].filter(Boolean).join(" · ")));
  const reachable = criterion && (criterion === FACTS || document.getElementById(`c-${criterion}`));
  return el("li", {}, icon(name), words, reachable && el("button", { type: "button", class: "button quiet", click: () => go(criterion) }, t("show_it")));
}

/**
 * @param {string} criterion
 * @param {string} field
 */
function placeOf(criterion, field) {
  if (criterion === FACTS) return factWord(field);
  const name = criterion.startsWith("meeting:") ? t("meeting") : criterion;
  return `${name} · ${t(`field_${field}`)}`;
}

/** @param {string} code */
function refusal(code) {
  const words = t(`code_${code}`);
  return words.startsWith("code_") ? t("code_other") : words;
}

/**
 * Why nothing goes at the moment.
 * @param {string} audit
 * @param {Sync} sync
 */
function reasonOf(audit, sync) {
  if (sync.stopped.has(audit)) return t("why_blocked");
  return t({ "": "why_queue", offline: "why_offline", signin: "why_signin", stranger: "why_stranger", blocked: "why_blocked" }[sync.trouble]);
}
