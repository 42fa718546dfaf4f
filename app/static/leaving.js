// On office pages: signing out asks first when work of this person still waits on this tablet, and takes everything
// else of theirs off it. Looks at what the audit app keeps: its counts, and its store as it is now.

const user = document.currentScript.dataset.user;
const name = `aud-${user}`;

addEventListener("submit", (event) => {
  const mine = JSON.parse(localStorage.getItem("base-user") ?? "null")?.id === user;
  if (new URL(event.target.action).pathname !== "/logout" || !(mine || localStorage.getItem(`base-canary-${user}`))) return;
  event.preventDefault();
  void leave(event.target, mine);
});

if (location.hash === "#keep") document.querySelector('main form[action$="/logout"]')?.requestSubmit();

/**
 * @param {HTMLFormElement} form
 * @param {boolean} mine was this person the last one in the app?
 */
async function leave(form, mine) {
  const count = JSON.parse(localStorage.getItem(`base-canary-${user}`) ?? "null");
  const counted = count ? count.answers + count.photos + count.refused : 0; // when the app last sent
  const left = Math.max(counted, await unsent().catch(() => 0));
  if (location.hash !== "#keep" && left > 0) {
    location.assign("/app/sign-out");
    return;
  }
  if (mine || !localStorage.getItem("base-user")) localStorage.setItem("base-user", "null"); // nobody: a missing name may be one that a killed browser forgot
  if (!left) await done(indexedDB.deleteDatabase(name)).catch(() => {});
  form.submit();
}

/** How many changes and photos of this person the server does not have, by the app's store. */
async function unsent() {
  if (!(await indexedDB.databases()).some((one) => one.name === name)) return 0;
  const database = await done(indexedDB.open(name));
  const stores = database.transaction(["outbox", "photos"]);
  const [queued, photos] = await Promise.all([done(stores.objectStore("outbox").count()), done(stores.objectStore("photos").getAll())]);
  database.close();
  return queued + photos.filter((one) => ["waiting", "rejected"].includes(one.state)).length;
}

/** @param {IDBRequest} request */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => resolve(null); // another page has it open; it goes when that page lets go
  });
}
