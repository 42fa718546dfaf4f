// The words of the screen, in the person's language: a file of the server's catalogue, kept on the tablet.

const LANGUAGES = ["pl", "en"];
const KEY = "base-language";
const LONGEST_WAIT = 16_000;

export const language = chosenLanguage();
/** For dates and numbers: English as in Europe, with the day before the month and 24 hours. */
export const locale = language === "en" ? "en-GB" : language;
document.documentElement.lang = language;
/** @type {Record<string, string | string[]>} */
const words = await fetchWords();
const plural = new Intl.PluralRules(language);
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });

/** As the person chose on this tablet, else with the switch of the site, else Polish. */
function chosenLanguage() {
  const cookie = /(?:^|; )language=(\w+)/.exec(document.cookie)?.[1];
  return [kept(), cookie].find((one) => one && LANGUAGES.includes(one)) ?? LANGUAGES[0];
}

function kept() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage is closed to us; the cookie or Polish will do
  }
}

/**
 * Everything waits for the words; they come from the tablet once the app is kept there.
 * @returns {Promise<Record<string, string | string[]>>}
 */
async function fetchWords() {
  for (let wait = 500; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    try {
      const answer = await fetch(`${document.body.dataset.words}${language}.json`);
      if (answer.ok) return await answer.json();
    } catch {
      // no network yet
    }
    await new Promise((go) => setTimeout(go, wait));
  }
}

/**
 * Speak the person's language from now on; the page loads again when it spoke another one.
 * @param {string | undefined} wanted
 * @returns {boolean} is the page loading again?
 */
export function speak(wanted) {
  if (!wanted || !LANGUAGES.includes(wanted)) return false;
  try {
    localStorage.setItem(KEY, wanted);
  } catch {
    return false;
  }
  if (wanted === language || kept() !== wanted) return false;
  location.reload();
  return true;
}

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

/** The day and the time in words. @param {string} at an ISO instant */
export const day = (at) => new Date(at).toLocaleString(language, { dateStyle: "long", timeStyle: "short" });

/** @param {string | null} value percent as a decimal string */
export function percent(value) {
  return value === null ? "–" : `${numbers.format(Math.round(Number(value)))}%`;
}

/**
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
