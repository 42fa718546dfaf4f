// The hands and eyes of somebody at the audit screen, inside the page: quick taps, and what the screen then shows.

(() => {
  const PATIENCE = 15_000;
  const pause = (/** @type {number} */ time) => new Promise((go) => setTimeout(go, time));
  const card = (id) => document.querySelector(`[data-criterion="${id}"]`);
  globalThis.confirm = () => true;

  /** What the screen says about a criterion. */
  function shown(id) {
    const here = card(id);
    const checked = here.querySelector('[data-level][aria-checked="true"]')?.dataset.level ?? null;
    const reason = here.querySelector("textarea[id^=na-]").value;
    const na = checked === "na" && reason ? reason : null;
    const asked = [...here.querySelectorAll(".conflict li strong")].map((one) => one.textContent);
    return {
      state: here.dataset.state,
      score: checked === "na" ? null : checked,
      na,
      comment: here.querySelector("textarea[id^=note-]").value || null,
      photos: here.querySelectorAll("[data-photo]").length,
      asked,
    };
  }

  function open(user) {
    return new Promise((go, fail) => {
      const asked = indexedDB.open(`aud-${user}`);
      asked.onsuccess = () => go(asked.result);
      asked.onerror = () => fail(asked.error);
    });
  }

  /** Rows of the tablet's own store, looked at from outside the app. */
  async function rows(user, ...names) {
    const database = await open(user);
    try {
      const tx = database.transaction(names);
      const all = names.map((name) => new Promise((go, fail) => {
        const asked = tx.objectStore(name).getAll();
        asked.onsuccess = () => go(asked.result);
        asked.onerror = () => fail(asked.error);
      }));
      return await Promise.all(all);
    } finally {
      database.close();
    }
  }

  /** Do something to a criterion and wait until the screen no longer calls it being saved; null: nothing to do. */
  async function act(user, audit, id, done) {
    const [answers] = await rows(user, "answers");
    const heads = Object.fromEntries(
      answers.filter((one) => one.audit === audit && one.criterion === id).map((one) => [one.field, one.head]));
    const before = shown(id);
    const value = await done(card(id), before);
    if (value === undefined) return null;
    const end = performance.now() + PATIENCE;
    await pause(0);
    while (["saving", ""].includes(card(id).dataset.state) && performance.now() < end) await pause(3);
    const state = card(id).dataset.state;
    if (state === "conflict") await pause(50); // it hides how the rest stands
    const [outbox] = await rows(user, "outbox");
    return { value, state, before, heads, outbox: outbox.filter((one) => one.audit === audit).map((one) => one.op) };
  }

  function type(field, text) {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("blur")); // a page in the background gets none
    field.blur();
  }

  function choose(here, at) {
    const others = [...here.querySelectorAll('button[data-level][aria-checked="false"]:not([data-level="na"])')];
    const button = others[Math.floor(at * others.length)];
    button.click();
    return button.dataset.level;
  }

  globalThis.hands = {
    shown,
    device: async (user) => {
      const database = await open(user);
      try {
        return await new Promise((go) => {
          const asked = database.transaction("meta").objectStore("meta").get("device_id");
          asked.onsuccess = () => go(asked.result);
        });
      } finally {
        database.close();
      }
    },
    outbox: async (user, audit) => (await rows(user, "outbox"))[0].filter((one) => one.audit === audit).map((one) => one.op),
    held: async (user, audit) => {
      const [audits, outbox, photos] = await rows(user, "audits", "outbox", "photos");
      const mine = (one) => one.audit === audit;
      const row = audits.find((one) => one.id === audit);
      return {
        cursor: row?.cursor ?? 0,
        outbox: outbox.filter(mine).length,
        set_aside: outbox.filter(mine).filter((one) => one.quarantine).map((one) => one.quarantine),
        photos: photos.filter(mine).map((one) => one.state),
        gap: row?.gap ?? false,
      };
    },
    tap: ([user, audit, id, at]) => act(user, audit, id, (here) => choose(here, at)),
    tapAndGo: ([id, at]) => choose(card(id), at),
    note: ([user, audit, id, text]) => act(user, audit, id, (here, before) => {
      if ((before.comment ?? "") === text) return undefined;
      type(here.querySelector("textarea[id^=note-]"), text);
      return text || null;
    }),
    na: ([user, audit, id, text]) => act(user, audit, id, (here) => {
      here.querySelector('[data-level="na"]').click();
      type(here.querySelector("textarea[id^=na-]"), text);
      return text;
    }),
    photo: ([user, audit, id, base64]) => act(user, audit, id, async (here, before) => {
      const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
      const files = new DataTransfer();
      files.items.add(new File([bytes], "IMG_1.jpg", { type: "image/jpeg" }));
      const input = here.querySelector("[data-photo-for]");
      input.files = files.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
      const end = performance.now() + PATIENCE;
      while (shown(id).photos === before.photos && performance.now() < end) await pause(5);
      return shown(id).photos > before.photos;
    }),
    settle: ([user, audit, id, at]) => act(user, audit, id, (here) => {
      const offers = [...here.querySelectorAll(".conflict")].map((one) => [...one.querySelectorAll("li button")])[0] ?? [];
      if (!offers.length) return undefined;
      const button = offers[Math.floor(at * offers.length)];
      const words = button.closest("li").querySelector("strong").textContent;
      button.click();
      return words;
    }),
    hurry: () => void dispatchEvent(new Event("online")),
  };
})();
