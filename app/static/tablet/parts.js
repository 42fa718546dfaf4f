// Small parts of the screen that several modules draw.

import { el, icon } from "./dom.js";
import { t } from "./words.js";

/** @typedef {import("./store.js").State} State */

/** @type {Record<State, string>} */
export const STATE_ICONS = { empty: "circle", saving: "clock", device: "check", sent: "checks", conflict: "alert", rejected: "cross-circle" };
export const SYNC_ICONS = { synced: "check-circle", pending: "send", offline: "pause", signin: "key", conflict: "alert", full: "alert", error: "alert" };
/** @type {Record<string, string>} */
export const AREA_ICONS = { EKO: "leaf", EKN: "coins", BIZ: "handshake" };
const GRADES = new Set(["major", "minor", "observation", "opportunity", "strength"]);

/**
 * The state of an answer: sign and word.
 * @param {State} state
 * @param {string} [word]
 */
export function stateMark(state, word = `state_${state}`) {
  return el("span", { class: `mark mark-${state}` }, icon(STATE_ICONS[state]), el("span", {}, t(word)));
}

/** The sign of a photo; one that is lost is neither here nor, so far, at the server. @type {Record<string, State>} */
export const PHOTO_STATES = { waiting: "device", sent: "sent", lost: "empty", rejected: "rejected" };

/**
 * A finding's grade: sign and word.
 * @param {string} grade
 * @param {string} title
 */
export function gradeMark(grade, title) {
  return el("span", { class: `mark grade grade-${GRADES.has(grade) ? grade : "observation"}` }, icon(GRADES.has(grade) ? grade : "flag"), el("span", {}, title));
}

/**
 * A picture that may have to come from the server; until it can, a sign stands for it.
 * @param {string} address
 * @param {string} name
 * @param {Record<string, string | number>} size
 */
export function picture(address, name, size) {
  const sign = el("span", { class: "no-picture" }, icon("camera", name));
  const image = el("img", { ...size, src: address, alt: name, error: () => {
    image.replaceWith(sign);
    addEventListener("online", () => {
      sign.replaceWith(image);
      image.src = address;
    }, { once: true });
  } });
  return address ? image : sign;
}

/**
 * A bar; `share` from 0 to 1.
 * @param {number} share
 */
export function bar(share) {
  const inner = el("span", { class: "bar-inner" });
  inner.style.setProperty("inline-size", `${Math.max(0, Math.min(1, share)) * 100}%`);
  return el("span", { class: "bar", "aria-hidden": "true" }, inner);
}

/**
 * @param {string} name of an icon
 * @param {string} label
 * @param {() => void} press
 * @param {string} [kind]
 */
export function button(name, label, press, kind = "quiet") {
  return el("button", { type: "button", class: `button ${kind}`, click: press }, name && icon(name), el("span", {}, label));
}

/**
 * A dialog with a title and a way out.
 * @param {string} title
 * @param {(Node | string)[]} content
 */
export function openDialog(title, ...content) {
  const dialog = el("dialog", { "aria-label": title, close: () => dialog.remove() });
  const shut = el("button", { type: "button", class: "button icon-only", "aria-label": t("close"), click: () => dialog.close() }, icon("cross"));
  dialog.append(el("header", {}, el("h2", {}, title), shut), ...content);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
