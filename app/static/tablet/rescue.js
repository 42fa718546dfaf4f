// The rescue file: everything that the server does not have, for the day when a tablet cannot send it itself.


/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./keeping.js").Queued} Queued */
/** @typedef {import("./keeping.js").PhotoRow} PhotoRow */

const PIECE = 32_768;

/**
 * Hand the file to the person: the share sheet where there is one, else a download.
 * @param {Vault} vault
 * @param {Store} [store] the open audit, which may hold changes that could not be kept
 */
export async function rescue(vault, store) {
  const name = `base-rescue-${new Date().toISOString().slice(0, 16).replace(/[T:]/g, "-")}.json`;
  const file = new File([await rescueText(vault, store)], name, { type: "application/json" });
  if (matchMedia("(pointer: coarse)").matches && navigator.canShare?.({ files: [file] })) {
    await navigator.share({ files: [file] }).catch(() => {});
    return;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * @param {Vault} vault
 * @param {Store} [store]
 */
async function rescueText(vault, store) {
  const [queued, photos] = await everything(vault);
  const ops = queued.map((one) => ({ audit: one.audit, op: one.op }));
  let seq = store ? Math.max(store.row.acked, 0, ...store.queued.map((one) => one.seq)) : 0;
  for (const job of store?.saving.jobs ?? []) {
    job.again = true; // should the store keep it after all, the server may have it from this file
    ops.push({ audit: /** @type {Store} */ (store).audit.id, op: /** @type {Queued["op"]} */ ({ ...job.op, seq: ++seq }) });
    if (job.content) photos.push({ ...job.op.photo, audit: store?.audit.id, content: job.content });
  }
  const audits = [...new Set([...ops.map((one) => one.audit), ...photos.map((one) => one.audit)])];
  return JSON.stringify({
    format: "base-rescue",
    version: 1,
    user_id: vault.user.id,
    device_id: vault.deviceId,
    log: (await vault.all("log").catch(() => [[]]))[0],
    audits: audits.map((audit) => ({
      audit_id: audit,
      ops: ops.filter((one) => one.audit === audit).map((one) => one.op),
      photos: photos.filter((one) => one.audit === audit).map(({ id, sha256, mime, content }) => ({ id, sha256, mime, bytes_base64: base64(content) })),
    })),
  });
}

/**
 * The queue and the photos that the server has not confirmed; nothing when the store does not answer.
 * @param {Vault} vault
 * @returns {Promise<[Queued[], any[]]>}
 */
async function everything(vault) {
  try {
    return await vault.read(["outbox", "photos", "photo_bytes"], async (tx) => {
      const [queued, photos] = await Promise.all([tx.objectStore("outbox").getAll(), tx.objectStore("photos").getAll()]);
      const unsent = /** @type {PhotoRow[]} */ (photos).filter((one) => one.state === "waiting" || one.state === "rejected");
      const contents = await Promise.all(unsent.map((one) => tx.objectStore("photo_bytes").get(one.id)));
      const here = unsent.map((one, at) => ({ ...one, content: contents[at] })).filter((one) => one.content);
      return /** @type {[Queued[], any[]]} */ ([queued, here]);
    });
  } catch {
    return [[], []];
  }
}

/** @param {ArrayBuffer} content */
function base64(content) {
  const bytes = new Uint8Array(content);
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(text);
}
