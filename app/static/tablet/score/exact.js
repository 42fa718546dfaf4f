// Exact numbers, as app/checklists/exact.py has them: fractions of whole numbers, never a float on the way.

/** @typedef {{n: bigint, d: bigint}} Fraction `d` is above zero; not always in lowest terms */

/** @type {Fraction} */
export const ZERO = { n: 0n, d: 1n };
const MOST_DIGITS = 15;
const LONGEST = 40;
const NUMBER = /^([+-]?)(\d+\.?\d*|\.\d+)(?:e([+-]?\d+))?$/i;
// What Python's strip() takes away: JavaScript's trim() also takes the byte order mark, and not four old separators.
const EDGES = /^[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/g;

/** @param {string} text */
export const strip = (text) => text.replace(EDGES, "");

/**
 * The shortest plain text of the number that `text` means (`3`, `0.1`), or null when it is none or does not fit.
 * @param {string} text
 */
export function plain(text) {
  const found = text.length > LONGEST ? null : NUMBER.exec(text);
  if (!found) return null;
  const [, sign, mantissa, power = "0"] = found;
  const [whole, part = ""] = mantissa.split(".");
  const all = (whole + part).replace(/^0+/, "");
  const digits = all.replace(/0+$/, "");
  const last = Number(power) - part.length;
  const exponent = last + all.length - digits.length;
  if (digits === "") return last < MOST_DIGITS ? "0" : null;
  if (digits.length > MOST_DIGITS || exponent < -MOST_DIGITS || digits.length + exponent > MOST_DIGITS) return null;
  const minus = sign === "-" ? "-" : "";
  if (exponent >= 0) return minus + digits + "0".repeat(exponent);
  const padded = digits.padStart(1 - exponent, "0");
  return `${minus}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

/**
 * The text by which a level is known: 3, "3" and 3.0 are one level. Null when it is no level.
 * @param {unknown} value
 */
export function levelKey(value) {
  if (typeof value === "number") return plain(String(value));
  return typeof value === "string" ? strip(value) || null : null;
}

/**
 * A number of a checklist, or the plain text of one, as a fraction.
 * @param {number | string} number
 * @returns {Fraction}
 */
export function fraction(number) {
  const [whole, part = ""] = (plain(String(number)) ?? "0").split(".");
  return lowest(BigInt(whole + part), 10n ** BigInt(part.length));
}

/**
 * @param {bigint} n
 * @param {bigint} d above zero
 * @returns {Fraction}
 */
function lowest(n, d) {
  let [a, b] = [n < 0n ? -n : n, d];
  while (b) [a, b] = [b, a % b];
  return { n: n / a, d: d / a };
}

/** @param {Fraction} a @param {Fraction} b @returns {Fraction} */
export const plus = (a, b) => (a.d === b.d ? { n: a.n + b.n, d: a.d } : lowest(a.n * b.d + b.n * a.d, a.d * b.d));

/** @param {Fraction} a @param {Fraction} b @returns {Fraction} */
export const minus = (a, b) => plus(a, { n: -b.n, d: b.d });

/** @param {Fraction} a @param {Fraction} b @returns {Fraction} */
export const times = (a, b) => lowest(a.n * b.n, a.d * b.d);

/** @param {Fraction} a @param {Fraction} b above zero @returns {Fraction} */
export const over = (a, b) => lowest(a.n * b.d, a.d * b.n);

/** @param {number} count @returns {Fraction} */
export const whole = (count) => ({ n: BigInt(count), d: 1n });

/** Is `a` at least `b`? @param {Fraction} a @param {Fraction} b */
export const reaches = (a, b) => a.n * b.d >= b.n * a.d;

/**
 * Rounded half up (away from zero) to two decimals, only to show it: `71.25`, `-0.01`, `0.00`.
 * @param {Fraction} value
 */
export function twoDecimals({ n, d }) {
  const hundredths = ((n < 0n ? -n : n) * 200n + d) / (2n * d);
  const sign = n < 0n && hundredths ? "-" : "";
  return `${sign}${hundredths / 100n}.${String(hundredths % 100n).padStart(2, "0")}`;
}
