// Pictures are made smaller and encoded in a worker, where the browser does it at once (worker/encoder.js).

/** @typedef {import("../worker/encoder.js").Size} Size */

const PATIENCE = 20_000;
const { encoder = "" } = document.body.dataset;
const here = import(encoder).catch(() => null); // at once: later there may be no network, and no service worker yet

/**
 * The picture in each of these sizes. Fails where this browser cannot read or draw it.
 * @param {Blob | ImageBitmap} source
 * @param {...Size} sizes
 * @returns {Promise<ArrayBuffer[]>}
 */
export async function encoded(source, ...sizes) {
  const worker = new Worker(encoder, { type: "module" });
  try {
    return await new Promise((done, fail) => {
      worker.onmessage = ({ data }) => (data ? done(data) : fail());
      worker.onerror = fail;
      setTimeout(fail, PATIENCE); // a tablet short of memory ends workers without a word
      worker.postMessage([source, sizes]);
    });
  } catch {
    return (await here).drawn(source, sizes, () => document.createElement("canvas"));
  } finally {
    worker.terminate();
  }
}
