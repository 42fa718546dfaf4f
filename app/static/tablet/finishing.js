// The end of the audit: what stands between now and then, signatures or why there are none, then the end itself.

import { ask, json, Refused } from "./asking.js";
import { CLOSING, digestNow, digestOf, OPENING, signaturesOf } from "./digest.js";
import { el, icon } from "./dom.js";
import { lacksEvidence } from "./evidence.js";
import { unheard } from "./hearing.js";
import { noteAudit } from "./keeping.js";
import { button, openDialog } from "./parts.js";
import { peopleAt } from "./people.js";
import { unanswered } from "./progress.js";
import { unfittingGrades } from "./score/answers.js";
import { flushTyped } from "./typing.js";
import { newOpId } from "./vault.js";
import { n, t } from "./words.js";

/** @typedef {import("./store.js").Store} Store */

const SENT_WITHIN = 15_000;
/** @type {Record<string, string>} */
const REFUSALS = { unanswered: "missing_unanswered", without_evidence: "missing_without_evidence", open_conflicts: "missing_open_conflicts", grades: "missing_grades", missing_photos: "missing_photos", stale: "missing_stale" };

/**
 * @param {Store} store
 * @param {string} root
 * @param {(place: string) => void} show
 * @param {() => void} flush
 */
export async function openFinish(store, root, show, flush) {
  flush();
  flushTyped();
  const digest = await digestNow(store);
  const dialog = openDialog(t("finish"));
  const box = el("div", {});
  dialog.append(box);
  const missing = missingHere(store);
  const operation = newOpId();
  let changed = signaturesOf(store).some((one) => one.signature?.digest !== digest) && !store.value(CLOSING, "unsigned");
  if (missing.length === 0) draw();
  else {
    box.append(el("p", {}, t("finish_missing")), ...missing.map(([word, ids, text]) => group(word, ids, text)), ...lacking(), ...nextToClosing());
    let waiting = true;
    store.listen(() => {
      if (!waiting || !dialog.isConnected || missingHere(store).length) return;
      waiting = false;
      draw();
    });
  }

  /** Everything is here but perhaps signatures. */
  function draw() {
    const unsigned = signaturesOf(store).length === 0 && !store.value(CLOSING, "unsigned");
    const trouble = el("p", { class: "problem", role: "alert", hidden: true });
    const reason = el("textarea", { id: "finish-unsigned", rows: 2, maxlength: 2000 });
    const confirmed = el("input", { type: "checkbox", id: "finish-confirmed" });
    const press = button("flag", t("finish_now"), () => {
      if (unsigned && !reason.value.trim()) return say("finish_unsigned", reason);
      if (changed && !confirmed.checked) return say("finish_changed", confirmed);
      press.disabled = true;
      void finish(unsigned ? reason.value.trim() : "", changed).catch((problem) => {
        press.disabled = false;
        say(problem instanceof Refused ? "code_other" : "finish_offline", null);
      });
    }, "primary");
    box.replaceChildren(el("p", {}, t("finish_ready")), ...lacking(),
      ...(unsigned ? [el("section", { class: "missing" }, el("h3", {}, t("unsigned_title")), el("p", { class: "unsigned-why" }, el("label", { for: reason.id }, t("unsigned")), reason))] : []),
      ...(changed ? [el("section", { class: "missing" }, el("h3", {}, t("overtaken")), el("label", { class: "choice" }, confirmed, t("finish_confirm")))] : []),
      trouble, el("p", { class: "dialog-actions" }, press, ...nextToClosing()));

    /**
     * @param {string} word
     * @param {HTMLElement | null} field
     */
    function say(word, field) {
      trouble.hidden = false;
      trouble.replaceChildren(icon("alert"), t(word));
      field?.focus();
    }
  }

  /**
   * @param {string} reason why nobody signed, "" when somebody did
   * @param {boolean} confirmed
   */
  async function finish(reason, confirmed) {
    if (reason) {
      await store.set(CLOSING, "unsigned", reason);
      await sent(store);
    }
    const manifest = store.manifest();
    const said = { ...manifest, digest: await digestOf(manifest.answers, manifest.photos) };
    const body = JSON.stringify({ op_id: operation, device_id: store.vault.deviceId, manifest: said, ...(confirmed && { confirmed }) });
    const answer = await ask(`${root}/finalise`, { method: "POST", body, headers: { "Content-Type": "application/json" } });
    const reply = await json(answer);
    if (!answer.ok && answer.status !== 409) throw new Refused("blocked");
    if (!answer.ok || reply.status !== "received") return refused(reply);
    await noteAudit(store.vault, store.audit.id, { status: "received", received_at: reply.server_time });
    location.assign(`/cases/${store.audit.case_id}`);
  }

  /** @param {any} said */
  function refused(said) {
    const parts = Object.entries(REFUSALS).filter(([key]) => said[key]?.length);
    if (!parts.length && said.changed_after_signature?.length) {
      changed = true;
      return draw();
    }
    box.replaceChildren(el("p", { role: "alert" }, t("finish_missing")), ...parts.map(([key, word]) => group(word, said[key].map((/** @type {string} */ one) => one.split("/")[0]))));
  }

  /** What the meetings lack; it does not hold up the end. */
  function lacking() {
    const all = [OPENING, CLOSING].filter((meeting) => !peopleAt(store, meeting).length).map((meeting) => /** @type {const} */ ([meeting, t("lack_people", { meeting: t(meeting) })]));
    const silent = unheard(store).length;
    const lines = silent ? [...all, /** @type {const} */ ([CLOSING, n("lack_words", silent)])] : all;
    if (!lines.length) return [];
    return [el("section", { class: "missing" }, el("h3", {}, t("lack_title")),
      el("ul", { class: "lacking" }, ...lines.map(([place, words]) => el("li", {}, icon("info"), el("span", {}, words), el("button", { type: "button", class: "button quiet", click: () => go(place) }, t("show_it"))))))];
  }

  function nextToClosing() {
    return [button("speech", t(CLOSING), () => go(CLOSING))];
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

  /** @param {string} place */
  function go(place) {
    dialog.close();
    show(place);
  }
}

/**
 * Wait until the server has everything; fails when that takes too long.
 * @param {Store} store
 * @returns {Promise<void>}
 */
function sent(store) {
  return new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Error("not sent")), SENT_WITHIN);
    store.listen(() => {
      if (store.pending) return;
      clearTimeout(late);
      done();
    });
  });
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
