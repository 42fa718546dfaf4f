// Served instead of the worker when the office has switched the offline app off: takes itself and its files away.
// What people have answered is not in these caches and stays.

const leaving = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

leaving.addEventListener("install", () => void leaving.skipWaiting());
leaving.addEventListener("activate", (event) => event.waitUntil(leave()));

async function leave() {
  for (const name of await caches.keys()) if (name.startsWith("base-shell-")) await caches.delete(name);
  await leaving.registration.unregister();
}
