// Why a question is asked, what to look for, the legal basis: they come after the questions and are kept beside them.

import { ask, json } from "./asking.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {Record<string, {why?: string, look_for?: import("./store.js").LookFor[], law?: string}>} Guidance by criterion */
/**
 * What is kept of a checklist in one language.
 * @typedef {{id: string, version: string, language: string, content: import("./store.js").Template, guidance?: Guidance | null}} TemplateRow
 */

const { api = "" } = document.body.dataset;
/** @type {Map<string, Promise<Guidance>>} */
const coming = new Map();

/**
 * The guidance that a tablet keeps: beside the questions, or within them when none is announced; an earlier version
 * kept it there. Null when it has not come yet.
 * @param {TemplateRow} row
 * @returns {Guidance | null}
 */
export function guidanceIn({ content, guidance }) {
  const asked = content.areas.flatMap((area) => area.sections).flatMap((section) => section.criteria);
  return guidance ?? (asked.some((one) => one.guided) ? null : Object.fromEntries(asked.map((one) => [one.id, one])));
}

/**
 * The guidance of an audit on this tablet, fetched when it is not here yet; kept when this resolves.
 * @param {Vault} vault
 * @param {string} audit
 */
export function keepGuidance(vault, audit) {
  const one = coming.get(audit) ?? fetchGuidance(vault, audit).finally(() => coming.delete(audit));
  coming.set(audit, one);
  return one;
}

/**
 * @param {Vault} vault
 * @param {string} audit
 * @returns {Promise<Guidance>}
 */
async function fetchGuidance(vault, audit) {
  /** @type {TemplateRow | undefined} */
  const row = await vault.read(["audits", "templates"], async (tx) => {
    const held = await tx.objectStore("audits").get(audit);
    return held && tx.objectStore("templates").get(held.template);
  });
  if (!row) throw new Error("not on this tablet");
  const kept = guidanceIn(row);
  if (kept) return kept;
  const { guidance, language } = await json(await ask(`${api}/audits/${audit}/guidance`));
  if (!guidance || language !== row.language) throw new Error("not this guidance");
  await vault.write(["templates"], async (tx) => {
    const templates = tx.objectStore("templates");
    const now = await templates.get([row.id, row.version, language]); // a bundle may have come meanwhile
    if (now) await templates.put({ ...now, guidance });
  });
  return guidance;
}
