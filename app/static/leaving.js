// On office pages: signing out asks first when work of this person still waits on this tablet, and takes everything
// else of theirs off it. Knows only the counts that the audit app keeps in localStorage.

const user = document.currentScript.dataset.user;

addEventListener("submit", (event) => {
  const mine = JSON.parse(localStorage.getItem("base-user") ?? "null")?.id === user;
  if (new URL(event.target.action).pathname !== "/logout" || !(mine || localStorage.getItem(`base-canary-${user}`))) return;
  event.preventDefault();
  if (location.hash !== "#keep" && waiting() > 0) {
    location.assign("/app/sign-out");
    return;
  }
  if (mine || !localStorage.getItem("base-user")) localStorage.setItem("base-user", "null"); // nobody: a missing name may be one that a killed browser forgot
  void clean().catch(() => {}).finally(() => event.target.submit());
});

if (location.hash === "#keep") document.querySelector('main form[action$="/logout"]')?.requestSubmit();

/** How many changes and photos the server does not have. */
function waiting() {
  const count = JSON.parse(localStorage.getItem(`base-canary-${user}`) ?? "null");
  return count ? count.answers + count.photos + count.refused : 0;
}

/** Take this person's audits off the tablet, when nothing of them waits. */
async function clean() {
  const name = `aud-${user}`;
  const here = (await indexedDB.databases()).some((one) => one.name === name);
  if (waiting() > 0 || !here || (await unsent(name)) > 0) return;
  await done(indexedDB.deleteDatabase(name));
}

/** @param {string} name of a database that exists */
async function unsent(name) {
  const database = await done(indexedDB.open(name));
  const stores = database.transaction(["outbox", "photos"]);
  const [queued, photos] = await Promise.all([done(stores.objectStore("outbox").count()), done(stores.objectStore("photos").getAll())]);
  database.close();
  return queued + photos.filter((one) => one.state === "waiting").length;
}

/** @param {IDBRequest} request */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => resolve(null); // another page has it open; it goes when that page lets go
  });
}
