// What is drawn on a photo: arrows, circles, words; each with an edge in the opposite shade, so that it shows on every picture.

/**
 * A mark in the picture's own pixels, from where the finger came down to where it was lifted.
 * @typedef {{tool: "arrow" | "circle" | "text", color: string, x1: number, y1: number, x2: number, y2: number, text: string}} Mark
 */

export const COLORS = { red: "#d0021b", yellow: "#ffd400", white: "#ffffff", black: "#111111" };
const LIGHT = new Set([COLORS.yellow, COLORS.white]);

/**
 * How thick lines are on a picture of this size.
 * @param {HTMLCanvasElement} canvas
 */
export const unitOf = (canvas) => Math.max(canvas.width, canvas.height) / 160;

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {Mark} mark
 */
export function drawMark(brush, mark) {
  const unit = unitOf(brush.canvas);
  brush.save();
  brush.lineJoin = brush.lineCap = "round";
  const edge = LIGHT.has(mark.color) ? COLORS.black : COLORS.white;
  if (mark.tool === "text") {
    brush.font = `700 ${unit * 7}px system-ui, sans-serif`;
    brush.textBaseline = "middle";
    brush.lineWidth = unit * 1.6;
    brush.strokeStyle = edge;
    brush.fillStyle = mark.color;
    brush.strokeText(mark.text, mark.x1, mark.y1, brush.canvas.width);
    brush.fillText(mark.text, mark.x1, mark.y1, brush.canvas.width);
  } else {
    const line = mark.tool === "circle" ? circle(mark) : arrow(mark, unit);
    for (const [color, width] of /** @type {[string, number][]} */ ([[edge, 2.4], [mark.color, 1.4]])) {
      brush.strokeStyle = color;
      brush.lineWidth = unit * width;
      brush.stroke(line);
    }
  }
  brush.restore();
}

/** @param {Mark} mark */
function circle({ x1, y1, x2, y2 }) {
  const line = new Path2D();
  line.ellipse((x1 + x2) / 2, (y1 + y2) / 2, Math.abs(x2 - x1) / 2, Math.abs(y2 - y1) / 2, 0, 0, 2 * Math.PI);
  return line;
}

/**
 * @param {Mark} mark
 * @param {number} unit
 */
function arrow({ x1, y1, x2, y2 }, unit) {
  const line = new Path2D();
  const angle = Math.atan2(y2 - y1, x2 - x1);
  line.moveTo(x1, y1);
  line.lineTo(x2, y2);
  for (const side of [-0.5, 0.5]) {
    line.moveTo(x2, y2);
    line.lineTo(x2 - unit * 7 * Math.cos(angle + side), y2 - unit * 7 * Math.sin(angle + side));
  }
  return line;
}
