// Taking an audit along: its content, the app, the room and the promise to keep them, each looked at before the screen
// says that it is ready for work without a network.

import { appIsKept, canKeepApp } from "./kept.js";
import { askToPersist, keepBallast } from "./space.js";
import { ask, json, Refused } from "./asking.js";
import { keepGuidance } from "./guidance.js";
import { keepBundle } from "./keeping.js";
import { sendOps } from "./sending.js";
import { unsent } from "./showing.js";
import { inAppleTab } from "./install.js";
import { isFull } from "./vault.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./keeping.js").AuditRow} AuditRow */
/**
 * An audit on this tablet. `unsent` counts changes; `readyAt` is when it was found ready for offline.
 * @typedef {{id: string, caseId: string, number: string, supplier: string, visitOn: string | null, unsent: number,
 *   received: boolean, readyAt: string | null}} KeptAudit
 * @typedef {"tab" | "old" | "https" | "signin" | "blocked" | "network" | "app" | "room" | "store"} Obstacle
 */

const { api = "", app = "0" } = document.body.dataset;

/**
 * Every audit in this person's store, the next visit first.
 * @param {Vault} vault
 * @returns {Promise<KeptAudit[]>}
 */
export async function keptAudits(vault) {
  const [rows, queued, photos] = await vault.all("audits", "outbox", "photos");
  const { ops, photos: pictures } = unsent(queued, photos);
  const waiting = [...ops, ...pictures];
  return rows
    .map((/** @type {AuditRow} */ row) => ({
      id: row.id,
      caseId: row.case_id,
      number: row.header.number,
      supplier: row.header.supplier,
      visitOn: row.header.visit_on,
      unsent: waiting.filter((one) => one.audit === row.id).length,
      received: row.status === "received",
      readyAt: row.ready_at ?? null,
    }))
    .sort((one, other) => (one.visitOn ?? "").localeCompare(other.visitOn ?? "") || one.number.localeCompare(other.number));
}

/**
 * Take an audit along. Resolves to what stands in the way, or null; `say` hears the steps.
 * @param {Vault} vault
 * @param {string} audit
 * @param {(step: "fetch" | "app" | "room") => void} say
 * @returns {Promise<Obstacle | null>}
 */
export async function prepare(vault, audit, say) {
  if (inAppleTab()) return "tab";
  if (!canKeepApp()) return "https";
  say("fetch");
  let bundle;
  try {
    const { min_client } = await json(await ask(`${api}/version`));
    if (isOlder(app, min_client)) return "old";
    bundle = await json(await ask(`${api}/audits/${audit}/bundle`));
  } catch (problem) {
    return obstacleOf(problem);
  }
  try {
    await keepBundle(vault, bundle);
  } catch {
    return "store";
  }
  await sendOps(vault, api, audit, 0).catch(() => {}); // the office sees where the audit lives
  return checkKept(vault, audit, say);
}

/**
 * Is what an audit in the store needs on this tablet? Marks it as ready when nothing is missing.
 * @param {Vault} vault
 * @param {string} audit
 * @param {(step: "app" | "room") => void} say
 * @returns {Promise<Obstacle | null>}
 */
export async function checkKept(vault, audit, say) {
  await askToPersist();
  try {
    await keepGuidance(vault, audit);
  } catch (problem) {
    return obstacleOf(problem);
  }
  say("app");
  if (!(await appIsKept())) return "app";
  say("room");
  try {
    if (!(await keepBallast(vault))) return "room";
    await vault.write(["audits"], async (tx) => {
      const row = await tx.objectStore("audits").get(audit);
      await tx.objectStore("audits").put({ ...row, ready_at: new Date().toISOString() });
    });
  } catch {
    return "store";
  }
  vault.tellOthers({ kind: "changed", audit, criteria: [] });
  return null;
}

/** @param {unknown} problem @returns {Obstacle} */
function obstacleOf(problem) {
  if (isFull(problem)) return "room";
  return problem instanceof Refused && problem.trouble !== "later" ? problem.trouble : "network";
}

/**
 * Is version `one` before `other`? Numbers with points between.
 * @param {string} one
 * @param {string} other
 */
export function isOlder(one, other) {
  return one.localeCompare(other, "en", { numeric: true }) < 0;
}
