// Text that is being typed: kept a moment after the last letter, and at once when the field or the page is left.

const PAUSE = 400;
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
    if (waiting.delete(field)) keep(field.value.trim());
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

document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && flushTyped());
addEventListener("pagehide", flushTyped);
