// Requests to our own interface. A redirect, a login page or silence is an error, never an answer.

export const PROTO = 1;
const PATIENCE = 30_000;
let sender = "";

/** Every request from now on says whose store it comes from; the server refuses another person's session. @param {string} userId */
export function sendAs(userId) {
  sender = userId;
}

/**
 * The server answered, and it was no: sign in; not this audit; not now.
 */
export class Refused extends Error {
  /**
   * @param {"signin" | "blocked" | "later"} trouble
   * @param {number} [wait] seconds
   */
  constructor(trouble, wait = 0) {
    super(trouble);
    this.trouble = trouble;
    this.wait = wait;
  }
}

/**
 * @param {string} address
 * @param {RequestInit} options
 * @param {number} [patience] milliseconds
 */
export async function ask(address, options = {}, patience = PATIENCE) {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), patience);
  options.signal?.addEventListener("abort", () => stop.abort());
  const answer = await fetch(address, {
    ...options,
    headers: { "X-Audit-Client": String(PROTO), ...(sender && { "X-Audit-User": sender }), ...options.headers },
    credentials: "same-origin",
    redirect: "error",
    cache: "no-store",
    signal: stop.signal,
  });
  if (answer.status === 401) throw new Refused("signin");
  if ([403, 404, 410].includes(answer.status)) throw new Refused("blocked");
  if ([423, 429, 503].includes(answer.status)) throw new Refused("later", secondsOf(answer.headers.get("Retry-After")));
  return answer;
}

/**
 * The answer as JSON of our protocol.
 * @param {Response} answer
 */
export async function json(answer) {
  if (!answer.headers.get("Content-Type")?.startsWith("application/json")) throw new Error("no JSON");
  const said = await answer.json();
  if (said.proto !== PROTO) throw new Error("another protocol");
  return said;
}

/** Retry-After, as seconds or as a date. @param {string | null} header */
function secondsOf(header) {
  if (!header) return 0;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(0, seconds), 3600) : 0;
}
