// One photo, large; and what is drawn on it. What is drawn becomes a photo of its own that takes the place of the old one.

import { el, icon, setText } from "./dom.js";
import { COLORS, drawMark, unitOf } from "./marks.js";
import { button } from "./parts.js";
import { replacePhoto } from "./photos.js";
import { t } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").Photo} Photo */
/** @typedef {import("./marks.js").Mark} Mark */

const LONGEST_SIDE = 1600;
const STEPS = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] });
const TOOLS = { arrow: "opportunity", circle: "circle", text: "edit" };

/**
 * Show a photo; where the audit may be filled in, it can be drawn on.
 * @param {Store} store
 * @param {string} root
 * @param {Photo} photo
 * @param {string} name
 */
export async function openPhoto(store, root, photo, name) {
  const canvas = el("canvas", { class: "picture", role: "img", "aria-label": name });
  const said = el("p", { class: "viewer-said", role: "status" });
  const stage = el("div", { class: "stage" }, canvas);
  const dialog = el("dialog", { class: "viewer", "aria-labelledby": "viewer-title", close: () => dialog.remove() });
  /** @type {Drawing | null} */
  let drawing = null;
  const mayLeave = () => !drawing?.marks.length || confirm(t("marks_lost"));
  const leave = () => mayLeave() && dialog.close();
  dialog.addEventListener("cancel", (event) => mayLeave() || event.preventDefault());
  dialog.append(el("header", {}, el("h2", { id: "viewer-title" }, name), el("button", { type: "button", class: "button icon-only", "aria-label": t("close"), click: leave }, icon("cross"))), stage, said);
  document.body.append(dialog);
  dialog.showModal();
  const picture = await pictureOf(store, root, photo);
  if (!picture) {
    stage.replaceChildren(photo.url ? el("img", { src: photo.url, alt: name }) : icon("camera", name));
    setText(said, t("photo_elsewhere"));
    return;
  }
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d")?.drawImage(picture, 0, 0);
  if (!store.mayFill || photo.state === "rejected") return;
  drawing = new Drawing(store, photo, picture, canvas, said, () => dialog.close());
  dialog.append(drawing.tools);
}

class Drawing {
  /**
   * @param {Store} store
   * @param {Photo} photo
   * @param {ImageBitmap} picture
   * @param {HTMLCanvasElement} canvas
   * @param {HTMLElement} said
   * @param {() => void} shut
   */
  constructor(store, photo, picture, canvas, said, shut) {
    this.store = store;
    this.photo = photo;
    this.picture = picture;
    this.canvas = canvas;
    this.said = said;
    this.shut = shut;
    /** @type {Mark[]} */
    this.marks = [];
    /** @type {Mark["tool"] | ""} */
    this.tool = "";
    this.color = COLORS.red;
    this.drawing = false;
    this.text = el("input", { type: "text", id: "mark-text", maxlength: 60, autocomplete: "off", keydown: (event) => event.key === "Enter" && this.#place() });
    this.textBox = el("p", { class: "mark-text", hidden: true }, el("label", { for: "mark-text" }, t("mark_text")), this.text);
    this.tools = el("div", { class: "tools-of-photo" },
      el("div", { role: "group", "aria-label": t("mark_tools") }, ...Object.entries(TOOLS).map(([tool, sign]) => this.#toolButton(/** @type {Mark["tool"]} */ (tool), sign))),
      el("div", { role: "group", "aria-label": t("mark_colors") }, ...Object.entries(COLORS).map(([color, value]) => this.#swatch(color, value))),
      this.textBox,
      el("p", { class: "dialog-actions" }, (this.save = button("check", t("marks_keep"), () => void this.#keep(), "primary")), (this.back = button("return", t("undo"), () => this.#undo()))));
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener("pointermove", (event) => this.#go(event));
    canvas.addEventListener("pointerup", () => this.#end());
    canvas.addEventListener("pointercancel", () => this.#end());
    canvas.addEventListener("keydown", (event) => this.#key(event));
    this.#draw();
  }

  /**
   * @param {Mark["tool"]} tool
   * @param {string} sign
   */
  #toolButton(tool, sign) {
    const press = button(sign, t(`mark_${tool}`), () => {
      this.tool = this.tool === tool ? "" : tool;
      for (const one of this.tools.querySelectorAll("[data-tool]")) one.setAttribute("aria-pressed", String(one === press && this.tool !== ""));
      this.textBox.hidden = this.tool !== "text";
      this.#arm();
    });
    press.dataset.tool = tool;
    press.setAttribute("aria-pressed", "false");
    return press;
  }

  /**
   * @param {string} color
   * @param {string} value
   */
  #swatch(color, value) {
    const press = el("button", { type: "button", class: `swatch swatch-${color}`, "aria-label": t(`color_${color}`), "aria-pressed": String(value === this.color), click: () => {
      this.color = value;
      for (const one of this.tools.querySelectorAll(".swatch")) one.setAttribute("aria-pressed", String(one === press));
    } });
    return press;
  }

  /** With a tool in hand a finger draws, and the picture takes the keyboard; without one it scrolls and zooms. */
  #arm() {
    const { canvas, tool } = this;
    canvas.classList.toggle("armed", tool !== "");
    if (tool) canvas.tabIndex = 0;
    else canvas.removeAttribute("tabindex");
    setText(this.said, tool ? t(tool === "text" ? "mark_text_how" : "mark_how") : "");
    if (tool === "text") this.text.focus();
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    if (!this.tool || this.drawing || (this.tool === "text" && !this.text.value.trim())) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.drawing = true;
    const { x, y } = this.#place_of(event);
    this.#add(x, y, x, y);
  }

  /** @param {PointerEvent} event */
  #go(event) {
    if (!this.drawing) return;
    const { x, y } = this.#place_of(event);
    const mark = this.marks[this.marks.length - 1];
    Object.assign(mark, mark.tool === "text" ? { x1: x, y1: y } : { x2: x, y2: y });
    this.#draw();
  }

  /** A tap without a movement draws a mark of a middle size there. */
  #end() {
    if (!this.drawing) return;
    this.drawing = false;
    const mark = this.marks[this.marks.length - 1];
    const unit = unitOf(this.canvas);
    if (mark.tool !== "text" && Math.hypot(mark.x2 - mark.x1, mark.y2 - mark.y1) < unit * 2) Object.assign(mark, this.#middling(mark.tool, mark.x1, mark.y1));
    this.#draw();
  }

  /** Put a mark in the middle, for the keyboard. */
  #place() {
    if (!this.tool || (this.tool === "text" && !this.text.value.trim())) return;
    const { x1, y1, x2, y2 } = this.#middling(this.tool, this.canvas.width / 2, this.canvas.height / 2);
    this.#add(x1, y1, x2, y2);
    this.canvas.focus();
  }

  /**
   * @param {string} tool
   * @param {number} x where it points, or its middle
   * @param {number} y
   */
  #middling(tool, x, y) {
    const size = unitOf(this.canvas) * 12;
    if (tool === "text") return { x1: x, y1: y, x2: x, y2: y };
    return tool === "arrow" ? { x1: x - 2 * size, y1: y + size, x2: x, y2: y } : { x1: x - size, y1: y - size, x2: x + size, y2: y + size };
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const mark = this.marks[this.marks.length - 1];
    const step = unitOf(this.canvas) * 3;
    const way = STEPS[event.key];
    if (event.key === "Enter" || event.key === " ") this.#place();
    else if (event.key === "Delete" || event.key === "Backspace") this.#undo();
    else if (mark && way) Object.assign(mark, { x1: mark.x1 + way[0] * step, y1: mark.y1 + way[1] * step, x2: mark.x2 + way[0] * step, y2: mark.y2 + way[1] * step });
    else if (mark && (event.key === "+" || event.key === "-")) this.#grow(mark, event.key === "+" ? step : -step);
    else return;
    event.preventDefault();
    this.#draw();
  }

  /**
   * @param {Mark} mark
   * @param {number} by
   */
  #grow(mark, by) {
    if (mark.tool === "circle") Object.assign(mark, { x1: mark.x1 - by, y1: mark.y1 - by, x2: mark.x2 + by, y2: mark.y2 + by });
    else Object.assign(mark, { x1: mark.x1 - 2 * by, y1: mark.y1 + by });
  }

  /**
   * @param {number} x1
   * @param {number} y1
   * @param {number} x2
   * @param {number} y2
   */
  #add(x1, y1, x2, y2) {
    this.marks.push({ tool: /** @type {Mark["tool"]} */ (this.tool), color: this.color, text: this.text.value.trim(), x1, y1, x2, y2 });
    this.#draw();
  }

  #undo() {
    this.marks.pop();
    this.#draw();
  }

  #draw() {
    const brush = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    brush.drawImage(this.picture, 0, 0);
    for (const mark of this.marks) drawMark(brush, mark);
    this.save.disabled = this.back.disabled = this.marks.length === 0;
  }

  /** @param {PointerEvent} event */
  #place_of({ clientX, clientY }) {
    const box = this.canvas.getBoundingClientRect();
    return { x: ((clientX - box.left) / box.width) * this.canvas.width, y: ((clientY - box.top) / box.height) * this.canvas.height };
  }

  async #keep() {
    const { store, photo, canvas } = this;
    this.save.disabled = true;
    setText(this.said, t("state_saving"));
    const problem = await replacePhoto(store, photo, await createImageBitmap(canvas));
    if (problem) {
      this.save.disabled = false;
      return setText(this.said, t(problem));
    }
    this.shut();
    await store.refresh([photo.criterion]);
    const shown = document.querySelector(`[id="c-${photo.criterion}"] [data-photo]:last-child button`);
    if (shown instanceof HTMLElement) shown.focus();
  }
}

/**
 * The photo as a picture, upright; null when its bytes are not here and cannot be fetched, or this browser cannot read it.
 * @param {Store} store
 * @param {string} root
 * @param {Photo} photo
 */
async function pictureOf(store, root, photo) {
  try {
    const kept = await store.vault.read(["photo_bytes"], (tx) => tx.objectStore("photo_bytes").get(photo.id));
    const blob = kept ? new Blob([kept], { type: photo.mime }) : await fetched(`${root}/photos/${photo.id}`);
    const whole = await createImageBitmap(blob, { imageOrientation: "from-image" });
    const share = LONGEST_SIDE / Math.max(whole.width, whole.height);
    if (share >= 1) return whole;
    return await createImageBitmap(whole, { resizeWidth: Math.round(whole.width * share), resizeHeight: Math.round(whole.height * share), resizeQuality: "high" });
  } catch {
    return null;
  }
}

/** @param {string} address */
async function fetched(address) {
  const answer = await fetch(address, { redirect: "error" });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.blob();
}
