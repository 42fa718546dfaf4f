// The words of the screen, from the server's catalogue, in the page's language.

/** @type {Record<string, string | string[]>} */
const words = JSON.parse(document.body.dataset.words ?? "{}");
export const language = document.documentElement.lang || "pl";
const plural = new Intl.PluralRules(language);
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });

/**
 * The words for `key`, with {placeholders} filled in.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  const found = words[key];
  return fill(typeof found === "string" ? found : key, values);
}

/** The words for a fact or one of its values; its own name when there are none. @param {string} fact */
export function factWord(fact) {
  const found = words[`fact_${fact}`];
  return typeof found === "string" ? found : fact;
}

/**
 * Words with a number, in the form that the number asks for.
 * @param {string} key
 * @param {number} number
 */
export function n(key, number) {
  const forms = words[key];
  if (!Array.isArray(forms)) return key;
  const form = { one: 0, few: 1 }[/** @type {string} */ (plural.select(number))] ?? (language === "pl" ? 2 : 1);
  return fill(forms[form] ?? key, { num: number });
}

/** @param {string | null | undefined} at an ISO instant */
export function time(at) {
  return at ? clock.format(new Date(at)) : "";
}

/** @param {string | null} value percent as a decimal string */
export function percent(value) {
  return value === null ? "–" : `${numbers.format(Math.floor(Number(value)))}\u00a0%`;
}

/**
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
