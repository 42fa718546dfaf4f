// Signing out while work still waits on this tablet: send it, stay, or leave it here knowingly.

import { countWaiting, keepCanary } from "./canary.js";
import { byId, el, icon, setText } from "./dom.js";
import { button } from "./parts.js";
import { rescue } from "./rescue.js";
import { Sync } from "./sync.js";
import { lastUser, openVault } from "./vault.js";
import { n, t } from "./words.js";

const { api = "" } = document.body.dataset;
const signOut = () => location.assign("/logout#keep");

/** Draw the screen; the person may also simply stay. */
export async function showLeaving() {
  const user = lastUser();
  if (!user) return signOut();
  const vault = await openVault(user);
  const sync = new Sync(vault, api, null);
  const state = el("p", { class: "with-icon", role: "status" });
  const buttons = el("p", { class: "dialog-actions" });
  const title = el("h2");
  const lead = el("p", {}, t("leave_lead"));
  setText(byId("title"), t("sign_out"));
  document.title = `${t("sign_out")} · BASE`;
  byId("areas").hidden = true;
  byId("main").replaceChildren(el("section", { class: "card leave" }, title, state, lead, buttons));
  const draw = async () => {
    const { answers, photos, refused } = await countWaiting(vault);
    const left = answers + photos + refused;
    const why = sync.trouble === "offline" ? t("why_offline") : sync.trouble ? t("why_signin") : "";
    setText(title, t(left ? "leave_title" : "sign_out"));
    state.replaceChildren(icon(left ? "send" : "check-circle"), el("span", {}, [left ? n("waiting", left) : t("all_sent"), left ? why : ""].filter(Boolean).join(" · ")));
    lead.hidden = left === 0;
    if (buttons.dataset.left === String(left > 0)) return;
    buttons.dataset.left = String(left > 0);
    buttons.replaceChildren(...(left
      ? [button("send", t("send_now"), () => sync.now(), "primary"), button("arrow-left", t("leave_stay"), () => location.assign("/app/")),
          button("download", t("rescue_file"), () => void rescue(vault)), button("sign-out", t("leave_keep"), signOut)]
      : [button("sign-out", t("sign_out"), signOut, "primary"), button("arrow-left", t("leave_stay"), () => location.assign("/app/"))]));
  };
  vault.listen((message) => message.kind === "changed" && void keepCanary(vault).then(draw));
  sync.watch(() => void draw());
  await draw();
  sync.kick();
}
