// What must not be overlooked: changes that are not kept, an emptied store, a photo that never arrived.

import { ask } from "./asking.js";
import { keepCanary } from "./canary.js";
import { announce, el, icon } from "./dom.js";
import { note } from "./log.js";
import { button } from "./parts.js";
import { rescue } from "./rescue.js";
import { n, t } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./sync.js").Sync} Sync */

export class Alarms {
  /**
   * @param {Store} store
   * @param {Sync} sync
   * @param {(criterion: string) => void} show
   */
  constructor(store, sync, show) {
    this.store = store;
    this.sync = sync;
    this.show = show;
    /** @type {HTMLDialogElement | null} */
    this.unsaved = null;
    this.gap = false;
    store.listen(() => this.#lookAtStore());
    store.vault.listen((message) => {
      if (message.kind === "lost") this.lost(message.back ?? 0, message.back ?? 0, message.photos ?? 0);
    });
  }

  /** The server has not got a change that this tablet believes sent. */
  #lookAtGap() {
    const { store } = this;
    if (!store.row.gap || this.gap) return;
    this.gap = true;
    const dialog = this.#open("gap", "gap_title", [
      el("p", {}, t("gap")),
      el("p", { class: "dialog-actions" },
        button("download", t("rescue_file"), () => void rescue(store.vault, store), "primary"),
        button("check", t("understood"), () => dialog.close())),
    ]);
  }

  /** The red screen stands as long as something is not kept. */
  #lookAtStore() {
    const { store } = this;
    this.#lookAtGap();
    const wrong = store.vault.failed || store.saving.stuck === "failed";
    if (wrong && !this.unsaved) {
      this.unsaved = this.#open("unsaved", "not_saved_title", [
        el("p", {}, t("not_saved_lead")),
        el("p", { class: "dialog-actions" },
          button("send", t("load_again"), () => void store.vault.probe().then(() => store.saving.retry()), "primary"),
          button("download", t("rescue_file"), () => void rescue(store.vault, store))),
      ]);
      this.unsaved.addEventListener("cancel", (event) => event.preventDefault());
      announce(t("not_saved_title"));
    }
    if (!wrong && this.unsaved) {
      this.unsaved.close();
      this.unsaved = null;
    }
  }

  /**
   * The browser has emptied the store.
   * @param {number} expected changes that waited there, 0 when nobody knows
   * @param {number} back how many of them are here again
   * @param {number} photos that are gone
   */
  lost(expected, back, photos) {
    const dialog = this.#open("loss", "loss_title", [
      el("p", {}, t("loss_lead")),
      back > 0 && el("p", {}, n("loss_back", back)),
      expected > back && el("p", {}, n("loss_gone", expected - back)),
      photos > 0 && el("p", {}, n("loss_photos", photos)),
      el("p", {}, t("loss_do")),
      el("p", { class: "dialog-actions" }, button("check", t("understood"), () => dialog.close(), "primary")),
    ]);
    const { vault } = this.store;
    void note(vault, "lost", { expected, back, photos }).then(() => keepCanary(vault)).catch(() => {});
    const body = JSON.stringify({ device_id: vault.deviceId, expected: expected + photos, found: back });
    const tell = () => ask(`${this.sync.api}/tablets/loss`, { method: "POST", body, headers: { "Content-Type": "application/json" } });
    tell().catch(() => addEventListener("online", () => void tell().catch(() => {}), { once: true }));
  }

  /** A photo that was to be taken when the page went away. @param {string} criterion */
  photoLost(criterion) {
    const dialog = this.#open("photo-lost", "photo_gone_title", [
      el("p", {}, t("photo_gone", { criterion })),
      el("p", { class: "dialog-actions" }, button("camera", t("photo_gone_show"), () => {
        dialog.close();
        this.show(criterion);
      }, "primary")),
    ]);
  }

  /**
   * @param {string} kind
   * @param {string} title
   * @param {(Node | false)[]} content
   */
  #open(kind, title, content) {
    const dialog = el("dialog", { class: `alarm ${kind}`, role: "alertdialog", "aria-labelledby": `alarm-${kind}`, close: () => dialog.remove() },
      el("h2", { id: `alarm-${kind}` }, icon("alert"), t(title)), ...content);
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
  }
}
