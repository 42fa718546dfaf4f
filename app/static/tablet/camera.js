// The camera may throw the page out of memory: what was to be photographed is written down before it opens.

/** @typedef {import("./vault.js").Vault} Vault */

/** @param {string} audit */
const keyOf = (audit) => `camera:${audit}`;

/**
 * @param {Vault} vault
 * @param {string} audit
 * @param {string} criterion
 */
export function cameraOpens(vault, audit, criterion) {
  history.replaceState(null, "", `#${criterion}`); // a page that is loaded anew comes back to this question
  void vault.write(["meta"], (tx) => tx.objectStore("meta").put(criterion, keyOf(audit))).catch(() => {});
}

/**
 * The photo is kept, or nobody wants it any more.
 * @param {Vault} vault
 * @param {string} audit
 */
export function cameraCloses(vault, audit) {
  void vault.write(["meta"], (tx) => tx.objectStore("meta").delete(keyOf(audit))).catch(() => {});
}

/**
 * The criterion whose photo never came back from the camera, once.
 * @param {Vault} vault
 * @param {string} audit
 * @returns {Promise<string | null>}
 */
export async function lostPhoto(vault, audit) {
  const criterion = await vault.read(["meta"], (tx) => tx.objectStore("meta").get(keyOf(audit)));
  if (criterion) cameraCloses(vault, audit);
  return criterion ?? null;
}
