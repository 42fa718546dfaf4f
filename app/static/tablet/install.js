// Putting the app on the home screen. On an iPad or iPhone that is a condition: in a browser's tab the system may delete
// what has not been sent (https://webkit.org/blog/10218), and the app on the home screen has a store of its own.

import { el, icon } from "./dom.js";
import { button } from "./parts.js";
import { t } from "./words.js";

/** @typedef {Event & {prompt: () => Promise<unknown>}} InstallEvent */

const PAPER = "#fbf8f3"; // --paper of tokens.css
const LOGO = 120;

/** @type {InstallEvent | null} */
let offered = null;
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offered = /** @type {InstallEvent} */ (event);
  dispatchEvent(new Event("base:installable"));
});

/** Is this the app from the home screen, in a window of its own? */
export function onHomeScreen() {
  const { standalone } = /** @type {{standalone?: boolean}} */ (navigator);
  return standalone === true || matchMedia("(display-mode: standalone)").matches;
}

/** Is this a browser's tab on an iPad or iPhone? An iPad calls itself a Macintosh, one with a touch screen. */
export function inAppleTab() {
  const { userAgent, maxTouchPoints } = navigator;
  const apple = /iPad|iPhone|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
  return apple && !onHomeScreen();
}

/** Why and how, for an iPad or iPhone. */
export function installHint() {
  const steps = [
    ["upload", t("install_share")],
    ["plus", t("install_add")],
    ["home", t("install_open")],
  ];
  return el("section", { class: "card hint-card", "aria-labelledby": "install-title" },
    el("h2", { id: "install-title" }, t("install_title")),
    el("p", {}, t("install_why")),
    el("ol", { class: "steps" }, ...steps.map(([name, words]) => el("li", {}, icon(name), el("span", {}, words)))),
    el("p", { class: "quiet-text" }, t("install_once")),
    el("p", {}, el("a", { class: "button", href: "/" }, icon("arrow-left"), el("span", {}, t("home_office")))));
}

/**
 * What an iPad or iPhone shows while the app opens: it takes only pictures of exactly its own size, and when the app is
 * added to the home screen.
 */
export async function addSplash() {
  const logo = new Image();
  logo.src = /** @type {HTMLLinkElement} */ (document.querySelector("link[rel=apple-touch-icon]")).href;
  await logo.decode();
  const sides = [screen.width, screen.height].sort((one, other) => one - other).map((side) => side * devicePixelRatio);
  for (const [orientation, [width, height]] of Object.entries({ portrait: sides, landscape: [...sides].reverse() })) {
    const canvas = el("canvas", { width, height });
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    pen.fillStyle = PAPER;
    pen.fillRect(0, 0, width, height);
    const size = LOGO * devicePixelRatio;
    pen.drawImage(logo, (width - size) / 2, (height - size) / 2, size, size);
    document.head.append(el("link", { rel: "apple-touch-startup-image", media: `(orientation: ${orientation})`, href: canvas.toDataURL() }));
  }
}

/** A button where the browser offers to install; nothing elsewhere. */
export function installButton() {
  if (!offered || onHomeScreen()) return null;
  return button("download", t("install_now"), () => void offered?.prompt().then(() => (offered = null)));
}
