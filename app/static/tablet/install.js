// Putting the app on the home screen. On an iPad or iPhone that is a condition: in a browser's tab the system may delete
// what has not been sent (https://webkit.org/blog/10218), and the app on the home screen has a store of its own.

import { el, icon } from "./dom.js";
import { button } from "./parts.js";
import { t } from "./words.js";

/** @typedef {Event & {prompt: () => Promise<unknown>}} InstallEvent */

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

/** A button where the browser offers to install; nothing elsewhere. */
export function installButton() {
  if (!offered || onHomeScreen()) return null;
  return button("download", t("install_now"), () => void offered?.prompt().then(() => (offered = null)));
}
