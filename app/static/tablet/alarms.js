// What must not be overlooked: changes that are not kept, an emptied store, a photo that never arrived.

import { ask } from "./asking.js";
import { keepCanary, lossOf } from "./canary.js";
import { announce, el, icon } from "./dom.js";
import { note } from "./log.js";
import { button } from "./parts.js";
import { takeMirror } from "./recovery.js";
import { rescue } from "./rescue.js";
import { n, t } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./sync.js").Sync} Sync */
/** @typedef {import("./vault.js").Vault} Vault */

export class Alarms {
  /**
   * @param {Store} store
   * @param {Sync} sync
   * @param {(criterion: string) => void} show
   */
  constructor(store, sync, show) {
    this.store = store;
    this.show = show;
    /** @type {HTMLDialogElement | null} */
    this.unsaved = null;
    this.gap = false;
    store.listen(() => this.#lookAtStore());
    store.vault.listen((message) => {
      if (message.kind === "lost") tellOfLoss(store.vault, sync.api, message.back ?? 0, message.back ?? 0, message.photos ?? 0);
    });
  }

  /** The server has not got a change that this tablet believes sent. */
  #lookAtGap() {
    const { store } = this;
    if (!store.row.gap || this.gap) return;
    this.gap = true;
    const dialog = raise("gap", "gap_title", [
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
      this.unsaved = raise("unsaved", "not_saved_title", [
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

  /** A photo that was to be taken when the page went away. @param {string} criterion */
  photoLost(criterion) {
    const dialog = raise("photo-lost", "photo_gone_title", [
      el("p", {}, t("photo_gone", { criterion })),
      el("p", { class: "dialog-actions" }, button("camera", t("photo_gone_show"), () => {
        dialog.close();
        this.show(criterion);
      }, "primary")),
    ]);
  }
}

/**
 * Look whether the store was emptied since it last held something; bring back what the mirror has, and raise the alarm.
 * @param {Vault} vault
 * @param {string} api
 * @param {boolean} emptied there was an audit in it, and nothing here remembers one
 * @returns {Promise<import("./mirror.js").Mirrored[]>} what there is still no room for
 */
export async function lookForLoss(vault, api, emptied) {
  const loss = lossOf(vault);
  const { back, left } = await takeMirror(vault, loss !== null);
  if (loss || emptied) tellOfLoss(vault, api, loss?.answers ?? 0, back, loss?.photos ?? 0);
  return left;
}

/**
 * The browser has emptied the store.
 * @param {Vault} vault
 * @param {string} api
 * @param {number} expected changes that waited there, 0 when nobody knows
 * @param {number} back how many of them are here again
 * @param {number} photos that are gone
 */
function tellOfLoss(vault, api, expected, back, photos) {
  const dialog = raise("loss", "loss_title", [
    el("p", {}, t("loss_lead")),
    back > 0 && el("p", {}, n("loss_back", back)),
    expected > back && el("p", {}, n("loss_gone", expected - back)),
    photos > 0 && el("p", {}, n("loss_photos", photos)),
    el("p", {}, t("loss_do")),
    el("p", { class: "dialog-actions" }, button("check", t("understood"), () => dialog.close(), "primary")),
  ]);
  void note(vault, "lost", { expected, back, photos }).then(() => keepCanary(vault, true)).catch(() => {});
  const body = JSON.stringify({ device_id: vault.deviceId, expected: expected + photos, found: back });
  const tell = () => ask(`${api}/tablets/loss`, { method: "POST", body, headers: { "Content-Type": "application/json" } });
  tell().catch(() => addEventListener("online", () => void tell().catch(() => {}), { once: true }));
}

/**
 * @param {string} kind
 * @param {string} title
 * @param {(Node | false)[]} content
 */
function raise(kind, title, content) {
  const dialog = el("dialog", { class: `alarm ${kind}`, role: "alertdialog", "aria-labelledby": `alarm-${kind}`, close: () => dialog.remove() },
    el("h2", { id: `alarm-${kind}` }, icon("alert"), t(title)), ...content);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
