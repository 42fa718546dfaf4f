// The dialogs: facts about the supplier, and the end of the audit.

import { el, icon } from "./dom.js";
import { ask, json, Refused } from "./asking.js";
import { button, openDialog } from "./parts.js";
import { lacksEvidence } from "./evidence.js";
import { noteAudit } from "./keeping.js";
import { unfittingGrades } from "./score/answers.js";
import { newId } from "./vault.js";
import { factWord, n, t } from "./words.js";
import { unanswered } from "./progress.js";

/** @typedef {import("./store.js").Store} Store */

/**
 * The facts that decide what is asked.
 * @param {Store} store
 */
export function openFacts(store) {
  const groups = Object.entries(store.template.profile).map(([fact, values]) => {
    const now = store.facts.get(fact)?.value;
    const many = Array.isArray(now) || now === null || now === undefined;
    const chosen = new Set(many ? (now ?? []) : [now]);
    const boxes = values.map((value) => el("label", { class: "choice" },
      el("input", { type: many ? "checkbox" : "radio", name: `fact-${fact}`, value, checked: chosen.has(value), disabled: !store.mayFill, change }), factWord(value)));
    const group = el("fieldset", {}, el("legend", {}, factWord(fact)), ...boxes);
    function change() {
      const marked = [...group.querySelectorAll("input:checked")].map((box) => /** @type {HTMLInputElement} */ (box).value);
      store.setFact(fact, many ? marked : (marked[0] ?? null));
    }
    return group;
  });
  openDialog(t("facts"), el("p", {}, t("facts_lead")), ...groups);
}

/**
 * What stands between now and the end; then the end.
 * @param {Store} store
 * @param {string} root
 * @param {(id: string) => void} show
 * @param {() => void} flush
 */
export function openFinish(store, root, show, flush) {
  flush();
  const dialog = openDialog(t("finish"));
  const box = el("div", {});
  dialog.append(box);
  const missing = missingHere(store);
  if (missing.length === 0)
    box.append(el("p", {}, t("finish_ready")), button("flag", t("finish_now"), () => void finish(), "primary"));
  else box.append(el("p", {}, t("finish_missing")), ...missing.map(([word, ids, text]) => group(word, ids, text)));
  const operation = newId();

  async function finish() {
    const body = JSON.stringify({ op_id: operation, device_id: store.vault.deviceId, manifest: store.manifest() });
    try {
      const answer = await ask(`${root}/finalise`, { method: "POST", body, headers: { "Content-Type": "application/json" } });
      const said = await json(answer);
      if (!answer.ok || said.status !== "received") return refused(said);
      await noteAudit(store.vault, store.audit.id, { status: "received", received_at: said.server_time });
      location.assign(`/cases/${store.audit.case_id}`);
    } catch (problem) {
      const word = problem instanceof Refused ? "code_other" : "finish_offline";
      box.append(el("p", { class: "problem", role: "alert" }, icon("alert"), t(word)));
    }
  }

  /** @param {any} said */
  function refused(said) {
    /** @type {Record<string, string>} */
    const names = { unanswered: "missing_unanswered", without_evidence: "missing_without_evidence", open_conflicts: "missing_open_conflicts", grades: "missing_grades", missing_photos: "missing_photos", stale: "missing_stale" };
    const parts = Object.entries(names).filter(([key]) => said[key]?.length);
    box.replaceChildren(el("p", { role: "alert" }, t("finish_missing")), ...parts.map(([key, word]) => group(word, said[key].map((/** @type {string} */ one) => one.split("/")[0]))));
  }

  /**
   * @param {string} word
   * @param {string[]} ids
   * @param {string} [text]
   */
  function group(word, ids, text) {
    return el("section", { class: "missing" }, el("h3", {}, `${t(word)}${ids.length ? ` (${ids.length})` : ""}`),
      text && el("p", {}, text),
      el("p", { class: "jumps" }, ...ids.map((id) => (store.places.has(id) ? el("button", { type: "button", class: "button quiet", click: () => go(id) }, id) : el("span", {}, id)))));
  }

  /** @param {string} id */
  function go(id) {
    dialog.close();
    show(id);
  }
}

/**
 * @param {Store} store
 * @returns {[string, string[], string?][]}
 */
function missingHere(store) {
  const asked = [...store.places.values()].map(({ criterion }) => criterion).filter((one) => !store.notAsked.has(one.id));
  const conflicts = [...new Set([...store.conflicts.keys()].map((key) => key.split("/")[0]))];
  const lost = [...store.photos.values()].filter((photo) => photo.state === "lost" || photo.state === "rejected");
  /** @type {[string, string[], string?][]} */
  const all = [
    ["missing_unanswered", unanswered(store)],
    ["missing_without_evidence", asked.filter((one) => lacksEvidence(store, one)).map((one) => one.id)],
    ["missing_open_conflicts", conflicts],
    ["missing_grades", unfittingGrades(store.template, store.given)],
    ["missing_photos", [...new Set(lost.map((photo) => photo.criterion))]],
  ];
  if (store.pending) all.push(["missing_unsent", [], n("unsent", store.pending)]);
  return all.filter(([, ids, text]) => ids.length > 0 || text);
}
