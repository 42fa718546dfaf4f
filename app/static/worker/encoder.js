// Makes pictures smaller and encodes them, as a worker: on the page's own thread browsers put that off for a second and
// more while anything else happens there. A page whose browser has no canvas in workers imports it.

/**
 * The longest side in pixels, the kind of picture, and its quality.
 * @typedef {{side: number, type: "image/jpeg" | "image/png", quality?: number}} Size
 */

/**
 * The picture upright in each of these sizes. Fails where this browser cannot read or draw it.
 * @param {Blob | ImageBitmap} source
 * @param {Size[]} sizes
 * @param {() => any} surface makes a canvas
 * @returns {Promise<ArrayBuffer[]>}
 */
export async function drawn(source, sizes, surface) {
  const whole = source instanceof Blob ? await createImageBitmap(source) : source;
  const made = [];
  for (const { side, type, quality } of sizes) {
    const share = Math.min(1, side / Math.max(whole.width, whole.height));
    const canvas = surface();
    canvas.width = Math.round(whole.width * share);
    canvas.height = Math.round(whole.height * share);
    const brush = canvas.getContext("2d");
    brush.imageSmoothingQuality = "high";
    brush.drawImage(whole, 0, 0, canvas.width, canvas.height);
    const blob = await (canvas.convertToBlob?.({ type, quality }) ?? new Promise((done) => canvas.toBlob(done, type, quality)));
    made.push(await blob.arrayBuffer());
  }
  whole.close();
  return made;
}

if (!("document" in globalThis))
  onmessage = async ({ data: [source, sizes] }) =>
    postMessage(await drawn(source, sizes, () => new OffscreenCanvas(1, 1)).catch(() => null));
