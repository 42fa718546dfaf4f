// The hands and eyes of somebody at the audit screen, inside the page: quick taps, and what the screen then shows.

(() => {
  const PATIENCE = 15_000;
  const LOOKS = 10;
  const FACTS = ":fact";
  const MEETINGS = ["meeting:opening", "meeting:closing"];
  const pause = (/** @type {number} */ time) => new Promise((go) => setTimeout(go, time));
  const card = (id) => document.querySelector(`[data-criterion="${id}"]`);
  const pick = (some, at) => some[Math.floor(at * some.length)];
  const texts = (root, path) => [...root.querySelectorAll(path)].map((one) => one.textContent);
  globalThis.confirm = () => true;

  // eyes

  /** What the screen says about a criterion. */
  function shown(id) {
    const here = card(id);
    const checked = here.querySelector('[data-level][aria-checked="true"]')?.dataset.level ?? null;
    const reason = here.querySelector("textarea[id^=na-]").value;
    return {
      state: here.dataset.state,
      score: checked === "na" ? null : checked,
      na: checked === "na" && reason ? reason : null,
      comment: here.querySelector("textarea[id^=note-]").value || null,
      photos: [...here.querySelectorAll("[data-photo]")].map((one) => one.dataset.photo).sort(),
      asked: texts(here, ".conflict li strong"),
    };
  }

  /** The page of a meeting, opened when it was not. */
  function meeting(name) {
    const page = document.getElementById(`c-${name}`);
    if (page.hidden) document.querySelectorAll(".meeting-entry")[MEETINGS.indexOf(name)].click();
    return page.querySelector("[aria-labelledby^=people-]");
  }

  /** What the screen says about a meeting; its clock shows minutes. */
  function met(name) {
    const page = meeting(name);
    const people = [...page.querySelectorAll(".people li strong")]
      .map((one) => ({ name: one.textContent, role: one.parentElement.querySelector("small")?.textContent ?? "" }));
    const time = page.querySelector("input[type=datetime-local]").value;
    return {
      attendees: people.length ? people : null,
      held_at: time ? new Date(time).toISOString() : null,
      asked: texts(page, ".conflict li strong"),
    };
  }

  /** The signatures under the findings. */
  function signed() {
    meeting(MEETINGS[1]);
    return [...document.querySelectorAll(".signatures > li")];
  }

  const signatures = () => signed().map((one) => one.dataset.photo).sort();

  /** A line across the field in the dialog. */
  function draw() {
    const field = document.querySelector("dialog canvas.pad");
    const { left, top, width, height } = field.getBoundingClientRect();
    const move = (type, share) => field.dispatchEvent(new PointerEvent(type, {
      pointerId: 1, buttons: type === "pointerup" ? 0 : 1, isPrimary: true, bubbles: true, cancelable: true,
      clientX: left + share * width, clientY: top + (1 - share) * height,
    }));
    ["pointerdown", "pointermove", "pointermove", "pointerup"].forEach((type, at) => move(type, 0.2 + at / 5));
  }

  /** The supplier's word on a finding, null where nothing is to be said. */
  function heard(id) {
    meeting(MEETINGS[1]);
    const row = document.querySelector(`[data-finding="${id}"]`);
    if (!row) return null;
    const stand = row.querySelector('[data-stand][aria-pressed="true"]')?.dataset.stand;
    return { row, response: stand ? { stand, words: row.querySelector("textarea").value } : null };
  }

  /** The facts in their dialog, which may have been open for a while. */
  function facts() {
    if (!document.querySelector("dialog input[name^=fact-]")) document.querySelector(".menu-list button:nth-of-type(4)").click();
    const dialog = document.querySelector("dialog:has(input[name^=fact-])");
    const groups = Object.groupBy([...dialog.querySelectorAll("input[name^=fact-]")], (one) => one.name.slice("fact-".length));
    const chosen = Object.entries(groups).map(([fact, boxes]) => {
      const values = boxes.filter((box) => box.checked).map((box) => box.value);
      return [fact, boxes[0].type === "radio" ? (values[0] ?? null) : values];
    });
    return { dialog, groups, before: { ...Object.fromEntries(chosen), asked: texts(dialog, ".conflict strong") } };
  }

  /** The person leaves every field and dialog; a page in the background gets no such event by itself. */
  function leave() {
    document.querySelector("dialog:has(input[name^=fact-])")?.close();
    const field = document.activeElement;
    field?.dispatchEvent(new Event("blur"));
    field?.blur();
  }

  // the tablet's own store, looked at from outside the app

  const opened = new Map();

  function open(user) {
    const asked = opened.get(user) ?? new Promise((go, fail) => {
      const request = indexedDB.open(`aud-${user}`);
      request.onerror = () => fail(request.error);
      request.onsuccess = () => {
        const drop = () => {
          opened.delete(user);
          request.result.close();
        };
        Object.assign(request.result, { onversionchange: drop, onclose: drop });
        go(request.result);
      };
    });
    opened.set(user, asked);
    return asked;
  }

  const answered = (request) => new Promise((go, fail) => {
    request.onsuccess = () => go(request.result);
    request.onerror = () => fail(request.error);
  });

  /** What some of its shelves hold about an audit. */
  async function rows(user, audit, ...names) {
    const tx = (await open(user)).transaction(names);
    const all = { audits: (shelf) => shelf.getAll(audit), photos: (shelf) => shelf.index("audit").getAll(audit) };
    const about = (shelf) => shelf.getAll(IDBKeyRange.bound([audit], [audit, []]));
    return Promise.all(names.map((name) => answered((all[name] ?? about)(tx.objectStore(name)))));
  }

  async function held(user, audit) {
    const [[row], outbox, photos] = await rows(user, audit, "audits", "outbox", "photos");
    return {
      cursor: row?.cursor ?? 0,
      outbox: outbox.length,
      set_aside: outbox.filter((one) => one.quarantine).map((one) => one.quarantine),
      photos: photos.map((one) => one.state),
      gap: row?.gap ?? false,
    };
  }

  // hands

  /** Is a change still on its way into the store? The mirror has what was said and is not kept yet. */
  const unkept = (user) => JSON.parse(localStorage.getItem(`base-mirror-${user}`) ?? "[]").some((one) => !one.kept);

  async function until(done) {
    const end = performance.now() + PATIENCE;
    await pause(0);
    while (!done() && performance.now() < end) await pause(3);
  }

  /** When the mark of a criterion no longer says that it is being saved: what it says then. */
  const marked = (id) => async () => {
    await until(() => !["saving", ""].includes(card(id).dataset.state));
    if (card(id).dataset.state === "conflict") await pause(50); // it hides how the rest stands
    return card(id).dataset.state;
  };

  /** What has no mark is saved when it is in the store. */
  const unmarked = (user) => async () => {
    await until(() => !unkept(user));
    return unkept(user) ? "saving" : "device";
  };

  /**
   * Do something, and wait until it is saved: field by field what was said, what its author saw before, and what waits
   * now. null: there was nothing to do.
   */
  async function act(user, audit, criterion, eyes, settled, deed) {
    const [answers] = await rows(user, audit, "answers");
    const heads = Object.fromEntries(answers.filter((one) => one.criterion === criterion).map((one) => [one.field, one.head]));
    const before = eyes();
    const said = await deed(before);
    if (said === undefined) return null;
    const state = await settled();
    const [outbox] = await rows(user, audit, "outbox");
    return { said, before, heads, state, outbox: outbox.map((one) => one.op) };
  }

  const about = ([user, audit, id], deed) => act(user, audit, id, () => shown(id), marked(id), (before) => deed(card(id), before));

  function type(field, text) {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("blur")); // a page in the background gets none
    field.blur();
  }

  function choose(here, at) {
    const button = pick([...here.querySelectorAll('button[data-level][aria-checked="false"]:not([data-level="na"])')], at);
    button.click();
    return button.dataset.level;
  }

  globalThis.hands = {
    leave,
    device: async (user) => answered((await open(user)).transaction("meta").objectStore("meta").get("device_id")),
    outbox: async (user, audit) => (await rows(user, audit, "outbox"))[0].map((one) => one.op),
    screen: (ids, meetings) => {
      const seen = {
        cards: Object.fromEntries(ids.map((id) => [id, shown(id)])),
        meetings: Object.fromEntries((meetings ? MEETINGS : []).map((name) => [name, met(name)])),
        signatures: meetings ? signatures() : [],
        responses: Object.fromEntries((meetings ? ids : []).map((id) => [id, heard(id)?.response ?? null])),
      };
      document.querySelector(".meeting:not([hidden]) header button")?.click(); // back to the questions
      return seen;
    },
    facts: () => {
      const { dialog, before } = facts();
      dialog.close();
      return before;
    },
    tap: (given, at) => about(given, (here) => ({ score: choose(here, at) })),
    tapAndGo: (id, at) => choose(card(id), at),
    note: (given, text) => about(given, (here, before) => {
      if ((before.comment ?? "") === text) return undefined;
      type(here.querySelector("textarea[id^=note-]"), text);
      return { comment: text || null };
    }),
    na: (given, text) => about(given, (here) => {
      here.querySelector('[data-level="na"]').click();
      type(here.querySelector("textarea[id^=na-]"), text);
      return { na: text };
    }),
    photo: (given, base64) => about(given, async (here, before) => {
      const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
      const files = new DataTransfer();
      files.items.add(new File([bytes], "IMG_1.jpg", { type: "image/jpeg" }));
      const input = here.querySelector("[data-photo-for]");
      input.files = files.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
      const more = () => shown(given[2]).photos.find((one) => !before.photos.includes(one));
      await until(more);
      return { "photo.add": more() };
    }),
    remove: ([user, audit, id], at) => act(user, audit, id, () => shown(id), unmarked(user), () => {
      const photo = pick([...card(id).querySelectorAll("[data-photo]")], at);
      if (!photo) return undefined;
      photo.querySelector(".photo-line button").click();
      return { "photo.remove": photo.dataset.photo };
    }),
    settle: (given, at) => about(given, (here) => {
      const offers = [...here.querySelectorAll(".conflict")].map((one) => [...one.querySelectorAll("li button")])[0] ?? [];
      const button = pick(offers, at);
      button?.click();
      return button && { choice: button.closest("li").querySelector("strong").textContent };
    }),
    come: ([user, audit, name], who) => act(user, audit, name, () => met(name), unmarked(user), (before) => {
      const page = meeting(name);
      page.querySelector("input[id^=name-]").value = who;
      page.querySelector("form").requestSubmit();
      const attendees = [...(before.attendees ?? []), { name: who, role: "" }];
      return { attendees, ...(!before.held_at && { held_at: "*" }) }; // the first one begins it
    }),
    go: ([user, audit, name], at) => act(user, audit, name, () => met(name), unmarked(user), (before) => {
      const button = pick([...meeting(name).querySelectorAll(".people li button")], at);
      if (!button) return undefined;
      const place = [...meeting(name).querySelectorAll(".people li button")].indexOf(button);
      button.click();
      const left = before.attendees.filter((_one, number) => number !== place);
      return { attendees: left.length ? left : null };
    }),
    begin: ([user, audit, name], time) => act(user, audit, name, () => met(name), unmarked(user), () => {
      const field = meeting(name).querySelector("input[type=datetime-local]");
      field.value = time;
      field.dispatchEvent(new Event("change"));
      return { held_at: new Date(time).toISOString() };
    }),
    respond: ([user, audit, id], stand, words) => act(user, audit, id, () => ({ response: heard(id)?.response, asked: shown(id).asked }), marked(id), ({ response }) => {
      const row = heard(id)?.row;
      if (!row || (response?.stand === stand && response.words === words)) return undefined;
      if (response?.stand === stand) type(row.querySelector("textarea"), words);
      else row.querySelector(`button[data-stand="${stand}"]`).click();
      return { response: { stand, words: response?.stand === stand ? words : (response?.words ?? "") } };
    }),
    /** Sign for the first time, or once more: then the new signature takes the place of another one. */
    sign: ([user, audit, name], who, at) => act(user, audit, name, () => ({ asked: [] }), unmarked(user), async () => {
      const old = pick([undefined, ...signed()], at);
      (old?.querySelector(".sheet-actions button") ?? document.querySelector("[aria-labelledby=signing] > .sheet-actions button")).click();
      await until(() => document.querySelector("dialog canvas.pad"));
      document.getElementById("signer").value = who;
      draw();
      document.querySelector("dialog.signing .primary").click();
      await until(() => !document.querySelector("dialog.signing"));
      const theirs = () => signed().find((one) => one.querySelector("strong").textContent === who);
      await until(theirs);
      return { "photo.add": theirs()?.dataset.photo, ...(old && { "photo.remove": old.dataset.photo }) };
    }),
    unsign: ([user, audit, name], at) => act(user, audit, name, () => ({ asked: [] }), unmarked(user), () => {
      const old = pick(signed(), at);
      if (!old) return undefined;
      old.querySelector("button.icon-only").click();
      return { "photo.remove": old.dataset.photo };
    }),
    correct: ([user, audit], at) => act(user, audit, FACTS, () => facts().before, unmarked(user), (before) => {
      const { dialog, groups } = facts();
      const boxes = Object.values(groups).flat().filter((box) => box.type === "checkbox" || !box.checked);
      const box = pick(boxes, at);
      const fact = box.name.slice("fact-".length);
      box.click();
      dialog.close();
      if (box.type === "radio") return { [fact]: box.value };
      return { [fact]: groups[fact].filter((one) => (one === box ? !before[fact].includes(one.value) : before[fact].includes(one.value))).map((one) => one.value) };
    }),
    look: () => void facts(),
    enter: (id) => {
      leave();
      const panel = card(id).closest(".panel");
      const field = card(id).querySelector("textarea[id^=note-]");
      if (panel.hidden) document.querySelector(`button.area[data-area="${panel.dataset.area}"]`).click();
      if (field.closest("[hidden]")) card(id).querySelector(".tools button[aria-expanded]").click();
      field.focus(); // only what is drawn takes it
      return document.activeElement === field;
    },
    hurry: () => void dispatchEvent(new Event("online")),
    /** Until everything is sent and everything up to an operation is heard: what the tablet then holds. */
    rest: async ([user, audit, cursor, patience]) => {
      leave();
      const end = performance.now() + patience;
      for (let looks = 0; ; looks++) {
        const now = await held(user, audit);
        const quiet = now.outbox === now.set_aside.length && now.photos.every((state) => state === "sent") && now.cursor >= cursor;
        if (quiet || performance.now() > end) return now;
        if (looks % LOOKS === 0) dispatchEvent(new Event("online"));
        await pause(15);
      }
    },
  };
})();
