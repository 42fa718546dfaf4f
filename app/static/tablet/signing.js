// Signatures under the list of findings: made here with a finger, bound to what stands, asked for again when that changes.

import { conflictKey, drawConflict } from "./conflicts.js";
import { CLOSING, digestNow, digestOf, signaturesOf } from "./digest.js";
import { el, icon } from "./dom.js";
import { findingCount } from "./hearing.js";
import { Pad } from "./pad.js";
import { button, PHOTO_STATES, picture, stateMark } from "./parts.js";
import { peopleAt } from "./people.js";
import { sha256 } from "./photos.js";
import { fillField, flushTyped, keepTyped, sayTyped } from "./typing.js";
import { isFull, newId } from "./vault.js";
import { t, time } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").Photo} Photo */

const UNSIGNED = `${CLOSING}/unsigned`;

export class Signing {
  /**
   * @param {Store} store
   * @param {string} root
   */
  constructor(store, root) {
    this.store = store;
    this.root = root;
    this.digest = "";
    this.key = "";
    this.list = el("ul", { class: "signatures" });
    this.trouble = el("div", {});
    this.reason = el("textarea", { id: "unsigned", rows: 2, maxlength: 2000, disabled: !store.mayFill });
    keepTyped(this.reason, (text) => sayTyped(store, this.reason, CLOSING, "unsigned", text || null));
    this.why = el("p", { class: "unsigned-why" }, el("label", { for: "unsigned" }, t("unsigned")), this.reason);
    const sign = button("edit", t("sign"), () => void openPad(store, null), "primary");
    this.element = el("section", { class: "sheet", "aria-labelledby": "signing" },
      el("h3", { id: "signing", tabindex: -1 }, t("signatures")), el("p", { class: "hint" }, t("signatures_lead")),
      this.list, store.mayFill && el("p", { class: "sheet-actions" }, sign), this.trouble, this.why);
  }

  async update() {
    const { store } = this;
    const signatures = signaturesOf(store);
    if (signatures.length) this.digest = await digestNow(store);
    const shown = store.value(CLOSING, "unsigned") ?? "";
    fillField(this.reason, shown, store.answers.get(UNSIGNED));
    this.why.hidden = store.mayFill ? signatures.length > 0 && !shown : !shown;
    const key = JSON.stringify([this.digest, signatures.map((one) => [one.id, one.state]), conflictKey(store, [UNSIGNED])]);
    if (key === this.key) return;
    this.key = key;
    this.list.replaceChildren(...signatures.map((one) => this.#signature(one)));
    this.list.hidden = signatures.length === 0;
    this.trouble.replaceChildren(...(store.conflicts.has(UNSIGNED) ? [drawConflict(store, UNSIGNED, String)] : []));
  }

  /** @param {Photo} photo */
  #signature(photo) {
    const { signer = "", role = "", digest = "" } = photo.signature ?? {};
    const holds = digest === this.digest;
    const state = PHOTO_STATES[photo.state];
    const again = () => void openPad(this.store, photo);
    return el("li", { class: holds ? "" : "overtaken", "data-photo": photo.id, "data-state": state, "data-holds": String(holds) },
      picture(photo.url ?? `${this.root}/photos/${photo.id}/thumbnail`, t("signature_of", { name: signer }), { width: 200, height: 80 }),
      el("p", {}, el("strong", {}, signer), el("small", {}, [role, time(photo.at ?? photo.signature?.signed_at)].filter(Boolean).join(" · ")), stateMark(state, photo.state === "lost" ? "photo_lost" : undefined)),
      !holds && el("p", { class: "overtaken-why", role: "alert" }, icon("alert"), el("span", {}, t("overtaken"))),
      this.store.mayFill && el("p", { class: "sheet-actions" }, button("edit", t("sign_again"), again, holds ? "quiet" : "primary"),
        el("button", { type: "button", class: "button icon-only", "aria-label": t("signature_remove", { name: signer }), click: () => this.#remove(photo) }, icon("trash"))));
  }

  /** @param {Photo} photo */
  #remove(photo) {
    if (confirm(t("signature_remove_ask"))) void this.store.send({ kind: "photo.remove", criterion: CLOSING, photo: { id: photo.id } });
  }
}

/**
 * Let somebody sign what is on the screen now.
 * @param {Store} store
 * @param {Photo | null} before the signature that the new one replaces
 */
async function openPad(store, before) {
  flushTyped();
  const { answers, photos } = store.manifest();
  delete answers[UNSIGNED]; // a signature makes the reason pointless
  const digest = await digestOf(answers, photos);
  const trouble = el("p", { class: "problem", role: "alert", hidden: true });
  const name = el("input", { type: "text", id: "signer", maxlength: 120, autocomplete: "off", required: true, value: before?.signature?.signer ?? "" });
  const role = el("input", { type: "text", id: "signer-role", maxlength: 120, autocomplete: "off", value: before?.signature?.role ?? "" });
  const pad = new Pad(() => (trouble.hidden = true));
  const people = before ? [] : peopleAt(store, CLOSING).filter((one) => !signaturesOf(store).some((other) => other.signature?.signer === one.name));
  const dialog = el("dialog", { class: "signing", "aria-labelledby": "signing-title", close: () => (pad.stop(), dialog.remove()) },
    el("header", {}, el("h2", { id: "signing-title" }, t("sign_title")), el("button", { type: "button", class: "button icon-only", "aria-label": t("close"), click: () => dialog.close() }, icon("cross"))),
    el("p", {}, t("sign_what", { supplier: store.audit.supplier, findings: findingCount(store) })),
    people.length > 0 && el("p", { class: "known" }, ...people.map((one) => button("person", one.name, () => {
      name.value = one.name;
      role.value = one.role;
    }))),
    el("div", { class: "signer" }, el("p", {}, el("label", { for: "signer" }, t("person_name")), name), el("p", {}, el("label", { for: "signer-role" }, t("person_role")), role)),
    el("div", { class: "pad-box" }, pad.element), trouble,
    el("p", { class: "dialog-actions" }, button("check", t("sign_keep"), () => void keep(), "primary"), button("return", t("undo"), () => pad.undo()), button("cross", t("pad_clear"), () => pad.clear())));
  document.body.append(dialog);
  dialog.showModal();
  pad.fit();

  async function keep() {
    const signer = name.value.trim();
    if (!signer || pad.empty) return say(signer ? "pad_empty" : "signer_needed", signer ? null : name);
    const content = await pad.picture();
    const photo = { id: newId(), criterion: CLOSING, kind: "signature", sha256: await sha256(content), bytes: content.byteLength, mime: "image/png" };
    const signature = { signer, role: role.value.trim(), digest, strokes: pad.strokes() };
    if (store.value(CLOSING, "unsigned")) void store.set(CLOSING, "unsigned", null);
    try {
      await store.send({ kind: "photo.add", criterion: CLOSING, photo, signature }, { content, thumb: content, replaces: before?.id });
      dialog.close();
      document.getElementById("signing")?.focus();
    } catch (problem) {
      if (!isFull(problem)) throw problem;
      say("photo_full", null);
    }
  }

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
