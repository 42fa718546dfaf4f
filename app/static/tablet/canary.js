// Counts of what waits on this tablet, kept outside its store: they tell when the store was emptied, and show other
// people's waiting work without its content.

import { mirrored } from "./mirror.js";
import { unsent } from "./showing.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {{user: string, name: string, device: string, audits: number, answers: number, photos: number, refused: number, at: string}} Count */

const PREFIX = "base-canary-";

/**
 * What waits in a person's store.
 * @param {Vault} vault
 * @returns {Promise<Count>}
 */
export async function countWaiting(vault) {
  const [queued, photos] = await vault.all("outbox", "photos");
  const { ops, photos: waiting } = unsent(queued, photos);
  return {
    user: vault.user.id,
    name: vault.user.name,
    device: vault.deviceId,
    audits: new Set([...queued, ...waiting].map((one) => one.audit)).size,
    answers: ops.length,
    photos: waiting.length,
    refused: [...queued.filter((one) => one.quarantine), ...photos.filter((one) => one.state === "rejected")].length,
    at: new Date().toISOString(),
  };
}

/**
 * Note what waits, unless something was lost that nobody has been told of.
 * @param {Vault} vault
 * @param {boolean} [told]
 */
export async function keepCanary(vault, told = false) {
  const count = await countWaiting(vault);
  if (told || (!lossOf(vault) && !(await isForgotten(vault))))
    localStorage.setItem(PREFIX + vault.user.id, JSON.stringify(count));
  return count;
}

/** Does nothing on this tablet remember an audit of this person? @param {Vault} vault */
export async function isForgotten(vault) {
  const [audits] = await vault.all("audits");
  return !audits.length && !canaryOf(vault.user.id);
}

/**
 * What should be in this person's store.
 * @param {string} userId
 * @returns {Count | null}
 */
export function canaryOf(userId) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + userId) ?? "null");
  } catch {
    return null;
  }
}

/**
 * How much was lost: the store is another one than the one that had something waiting.
 * @param {Vault} vault
 * @returns {{answers: number, photos: number} | null}
 */
export function lossOf(vault) {
  const count = canaryOf(vault.user.id);
  if (!count || count.device === vault.deviceId) return null;
  const answers = Math.max(count.answers + count.refused, mirrored(vault.user.id).length); // counted when last sent; since
  return answers + count.photos ? { answers, photos: count.photos } : null;
}

/**
 * Other people's work that waits on this tablet: names and counts, nothing else.
 * @param {string} userId
 * @returns {Count[]}
 */
export function othersHere(userId) {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX) && key !== PREFIX + userId);
  const counts = keys.map((key) => canaryOf(key.slice(PREFIX.length)));
  return counts.filter((count) => count !== null).filter((count) => count.answers + count.photos + count.refused > 0);
}
