// Text that is being typed: kept a moment after the last letter, and at once when the field or the page is left. Until
// then a draft of it is in localStorage, for a page that dies in the middle of a sentence.

const PAUSE = 400;
const LONGEST = 20_000;
let drafts = ""; // where they are; "" while none are kept
/** @type {Map<Element, {timer: ReturnType<typeof setTimeout>, keep: () => void}>} */
const waiting = new Map();
/** @type {WeakMap<Element, string | null>} the operation whose value a field shows */
const shown = new WeakMap();

/**
 * Keep what is typed into a field.
 * @param {HTMLTextAreaElement | HTMLInputElement} field
 * @param {(text: string) => void} keep
 */
export function keepTyped(field, keep) {
  const now = () => {
    clearTimeout(waiting.get(field)?.timer);
    if (!waiting.delete(field)) return;
    keep(field.value.trim());
    forgetDraft(field);
  };
  field.addEventListener("input", () => {
    clearTimeout(waiting.get(field)?.timer);
    waiting.set(field, { timer: setTimeout(now, PAUSE), keep: now });
  });
  field.addEventListener("blur", now);
}

/** Keep everything that is being typed, now. */
export function flushTyped() {
  for (const { keep } of [...waiting.values()]) keep();
}

/**
 * Put a value into a field, unless the person is in it: then it goes on showing what they saw.
 * @param {HTMLTextAreaElement | HTMLInputElement} field
 * @param {string} value
 * @param {import("./store.js").Answer | undefined} answer whose value it is
 */
export function fillField(field, value, answer) {
  const busy = field === document.activeElement || waiting.has(field);
  if (!busy && field.value !== value) field.value = value;
  if (!busy || answer?.own) shown.set(field, answer?.head ?? null); // our own last word is known to us on every page
}

/**
 * Answer with what was typed: on top of what the field showed, which may be older than what stands.
 * @param {import("./store.js").Store} store
 * @param {HTMLTextAreaElement | HTMLInputElement} field
 * @param {string} criterion
 * @param {string} name
 * @param {any} value
 */
export function sayTyped(store, field, criterion, name, value) {
  void store.set(criterion, name, value, shown.get(field));
  shown.set(field, store.answers.get(`${criterion}/${name}`)?.head ?? null);
}

/**
 * Type once more what a page took with it when it died, and keep drafts from now on.
 * @param {string} user
 * @param {string} audit
 */
export function openDrafts(user, audit) {
  drafts = `base-drafts-${user}-${audit}`;
  for (const [id, { text, head }] of Object.entries(readDrafts())) {
    const field = document.getElementById(id);
    if (!(field instanceof HTMLTextAreaElement) || field.disabled) continue;
    field.value = text;
    shown.set(field, head);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** What the field holds is an answer now. @param {HTMLElement} field */
export function forgetDraft({ id }) {
  const { [id]: said, ...others } = readDrafts();
  if (said) writeDrafts(others);
}

/** @returns {Record<string, {text: string, head: string | null}>} by the field's id: what it shows, on top of what */
function readDrafts() {
  return JSON.parse(localStorage.getItem(drafts) ?? "{}");
}

/** @param {ReturnType<typeof readDrafts>} said */
function writeDrafts(said) {
  const text = JSON.stringify(said);
  try {
    if (text.length > LONGEST || text === "{}") localStorage.removeItem(drafts);
    else localStorage.setItem(drafts, text);
  } catch {
    // no room: then a pause in typing keeps it
  }
}

addEventListener("input", ({ target: field }) => {
  if (drafts && field instanceof HTMLTextAreaElement && field.closest("main"))
    writeDrafts({ ...readDrafts(), [field.id]: { text: field.value, head: shown.get(field) ?? null } });
});
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && flushTyped());
addEventListener("pagehide", flushTyped);
