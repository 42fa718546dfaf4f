// The first module of the app, on every address under /app/: which screen is asked for, and may it open here?

import { begin } from "./app.js";
import { byId } from "./dom.js";
import { showHome } from "./home.js";
import { addSplash, inAppleTab, installHint } from "./install.js";
import { keepApp, takeOverWaiting } from "./kept.js";
import { showLeaving } from "./leave.js";
import { showReadiness } from "./ready.js";
import { t } from "./words.js";

const AUDIT = /^\/app\/audits\/([0-9a-f-]{36})$/;

for (const one of document.querySelectorAll("[data-label]")) one.setAttribute("aria-label", t(/** @type {HTMLElement} */ (one).dataset.label ?? ""));
for (const one of document.querySelectorAll("[data-text]")) one.textContent = t(/** @type {HTMLElement} */ (one).dataset.text ?? "");

async function start() {
  if (await takeOverWaiting()) return; // the page loads again, with the new version
  if (inAppleTab()) void addSplash();
  const audit = AUDIT.exec(location.pathname)?.[1];
  if (location.pathname === "/app/sign-out") await showLeaving();
  else if (!audit) await showHome();
  else if (inAppleTab()) byId("main").replaceChildren(installHint());
  else {
    addEventListener("base:opened", () => void showReadiness(audit));
    begin();
  }
  await keepApp();
}

void start();
