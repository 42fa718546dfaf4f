// Above the questions: can this audit be filled in without a network? Looked at after every opening, because a browser
// may have thrown something away since.

import { byId, el, icon } from "./dom.js";
import { button } from "./parts.js";
import { checkKept, prepare } from "./checkout.js";
import { canKeepApp } from "./kept.js";
import { lastUser, openVault } from "./vault.js";
import { t } from "./words.js";

/** @typedef {import("./checkout.js").Obstacle} Obstacle */

/**
 * Say how it stands, for those who fill in.
 * @param {string} audit
 */
export async function showReadiness(audit) {
  await look(audit, false);
}

/**
 * @param {string} audit
 * @param {boolean} anew fetch the audit too
 */
async function look(audit, anew) {
  const user = lastUser();
  const vault = user ? await openVault(user).catch(() => null) : null;
  if (!vault) return;
  try {
    const row = await vault.read(["audits"], (tx) => tx.objectStore("audits").get(audit));
    if (!row?.may_fill || row.status === "received") return;
    const check = anew ? prepare : checkKept;
    draw(audit, canKeepApp() ? await check(vault, audit, () => {}) : "https");
  } catch {
    draw(audit, "store");
  } finally {
    vault.close();
  }
}

/**
 * @param {string} audit
 * @param {Obstacle | null} obstacle
 */
function draw(audit, obstacle) {
  const box = byId("offers");
  box.querySelector("[data-ready]")?.remove();
  if (!obstacle) return box.append(el("p", { class: "ready", "data-ready": "yes" }, icon("check-circle"), el("span", {}, t("ready"))));
  const again = button("download", t("home_prepare"), () => {
    again.disabled = true;
    void look(audit, true);
  });
  box.append(el("p", { class: "offer", "data-ready": "no" }, icon("alert"), el("span", {}, t(`obstacle_${obstacle}`)), again));
}
