// What happened on this tablet, for support: the last 500 events, without answers. The office may ask for them.

import { ask } from "./asking.js";

/** @typedef {import("./vault.js").Vault} Vault */

const MOST = 500;

/**
 * @param {Vault} vault
 * @param {string} event
 * @param {Record<string, string | number | boolean | null>} [more]
 */
export async function note(vault, event, more = {}) {
  try {
    await vault.write(["log"], async (tx) => {
      const log = tx.objectStore("log");
      const last = Number(await log.add({ at: new Date().toISOString(), event, ...more }));
      if (last > MOST) await log.delete(IDBKeyRange.upperBound(last - MOST));
    });
  } catch {
    // a log that cannot be written must not stop the work
  }
}

/**
 * The office asked for it.
 * @param {Vault} vault
 * @param {string} api
 */
export async function sendLog(vault, api) {
  const [events] = await vault.all("log");
  const body = JSON.stringify({ device_id: vault.deviceId, events });
  await ask(`${api}/tablets/log`, { method: "POST", body, headers: { "Content-Type": "application/json" } });
}
