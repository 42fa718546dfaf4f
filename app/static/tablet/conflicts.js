// Two values for one field, side by side: a person chooses.

import { el, icon } from "./dom.js";
import { t, time } from "./words.js";

/** @typedef {import("./store.js").Store} Store */

/**
 * @param {Store} store
 * @param {string} key "criterion/field", ":fact/name"
 * @param {(value: any) => string} say a value in words
 * @param {{value: any, by: string, at: string} | null} [cleared] what stands where no value of this field does
 */
export function drawConflict(store, key, say, cleared = null) {
  const standing = store.standing(key);
  const first = standing?.head
    ? { op_id: standing.head, value: standing.value, by: standing.by, at: standing.at }
    : { op_id: "", value: null, by: "", at: "", ...cleared };
  const both = [first, ...(store.conflicts.get(key) ?? [])];
  const mine = (/** @type {{by?: string}} */ one) => !one.by || one.by === store.user.name;
  const word = both.filter(mine).length === 1 ? (/** @type {{by?: string}} */ one) => t(mine(one) ? "conflict_mine" : "conflict_theirs") : () => t("conflict_keep");
  return el("section", { class: "conflict", "aria-label": t("conflict_title") },
    el("h4", {}, icon("alert"), t("conflict_title")),
    el("ul", {}, ...both.map((one) => el("li", {},
      el("p", {}, el("strong", {}, (one.value !== null && say(one.value)) || t("no_value")), el("small", {}, t("conflict_of", { name: one.by || t("you"), time: time(one.at) }))),
      store.mayFill && el("button", { type: "button", class: "button", click: () => store.resolve(key, one.op_id || null) }, word(one))))),
    store.mayFill && el("p", { class: "hint" }, t("conflict_new")));
}

/** What has to be drawn anew when it is another one. @param {Store} store @param {string[]} keys */
export const conflictKey = (store, keys) => JSON.stringify(keys.map((key) => [store.conflicts.get(key), store.conflicts.has(key) && store.standing(key)?.head]));
