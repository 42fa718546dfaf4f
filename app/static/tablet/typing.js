// Text that is being typed: kept a moment after the last letter, and at once when the field or the page is left.

const PAUSE = 400;
/** @type {Map<Element, {timer: ReturnType<typeof setTimeout>, keep: () => void}>} */
const waiting = new Map();

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
 * Put a value into a field, unless the person is in it.
 * @param {HTMLTextAreaElement | HTMLInputElement} field
 * @param {string} value
 */
export function fillField(field, value) {
  if (field !== document.activeElement && !waiting.has(field) && field.value !== value) field.value = value;
}

document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && flushTyped());
addEventListener("pagehide", flushTyped);
