// A field to sign in with a finger. What is drawn stays when the tablet is turned: the lines grow with the field.

import SignaturePad from "../vendor/signature_pad.js";
import { el } from "./dom.js";
import { encoded } from "./encoding.js";
import { t } from "./words.js";

/** Signatures are kept in a field of this size, whatever the size of the screen. */
const WIDTH = 1000;
const HEIGHT = 400;
const INK = "#1d2a26";
const PAPER = "#ffffff";
const MOST_CHARACTERS = 90_000;

export class Pad {
  /** @param {() => void} changed */
  constructor(changed) {
    this.element = el("canvas", { class: "pad", role: "img", "aria-label": t("pad_label") });
    this.width = 0;
    this.pad = new SignaturePad(this.element, { penColor: INK, minWidth: 0.9, maxWidth: 3 });
    this.pad.addEventListener("endStroke", changed);
    this.watcher = new ResizeObserver(() => this.fit());
    this.watcher.observe(this.element);
  }

  get empty() {
    return this.#lines().length === 0;
  }

  /** Take the size that the field has now. A line under way ends there: its finger is somewhere else after turning. */
  fit() {
    const width = this.element.clientWidth;
    if (!width || width === this.width) return;
    const lines = this.width ? grown(this.#lines(), width / this.width) : [];
    this.width = width;
    spread(this.element, width, devicePixelRatio || 1);
    this.pad.off();
    this.pad.fromData(lines);
    this.pad.on();
  }

  undo() {
    this.pad.fromData(this.#lines().slice(0, -1));
  }

  clear() {
    this.pad.clear();
  }

  stop() {
    this.watcher.disconnect();
    this.pad.off();
  }

  /** The lines, [x, y, milliseconds since the first] a point, in a field of 1000 × 400. */
  strokes() {
    const lines = grown(this.#lines(), WIDTH / this.width);
    const start = lines[0]?.points[0]?.time ?? 0;
    const all = lines.map(({ points }) => points.map(({ x, y, time }) => [Math.round(x), Math.round(y), time - start]));
    for (let step = 2; JSON.stringify(all).length > MOST_CHARACTERS; step++) // hours of scribbling; the picture has it all
      for (const line of all) line.splice(0, line.length, ...line.filter((_point, at) => at % step === 0));
    return all;
  }

  /** The picture, 1000 × 400 whatever the screen. @returns {Promise<ArrayBuffer>} PNG */
  async picture() {
    const canvas = document.createElement("canvas");
    spread(canvas, WIDTH, 1);
    const copy = new SignaturePad(canvas, { backgroundColor: PAPER });
    copy.fromData(grown(this.#lines(), WIDTH / this.width));
    copy.off();
    return (await encoded(await createImageBitmap(canvas), { side: WIDTH, type: "image/png" }))[0];
  }

  #lines() {
    return this.pad.toData().filter(({ points }) => points.length > 0);
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} width CSS pixels
 * @param {number} density
 */
function spread(canvas, width, density) {
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(((width * HEIGHT) / WIDTH) * density);
  canvas.getContext("2d")?.scale(density, density);
}

/**
 * @param {ReturnType<SignaturePad["toData"]>} lines
 * @param {number} share
 */
function grown(lines, share) {
  return lines.map((line) => ({
    ...line,
    minWidth: line.minWidth * share,
    maxWidth: line.maxWidth * share,
    points: line.points.map((point) => ({ ...point, x: point.x * share, y: point.y * share })),
  }));
}
