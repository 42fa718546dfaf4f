// The service worker of the app: keeps its files on the tablet and opens them without a network. The server puts
// its list before it, as self.SHELL. It never touches what is sent: only GET, nothing of the API.

/**
 * Version of the shell, address of its page, addresses of every file that it loads.
 * @typedef {{version: string, page: string, files: string[]}} ShellList
 */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const { version, page, files } = /** @type {{SHELL: ShellList}} */ (/** @type {unknown} */ (self)).SHELL;
const PREFIX = "base-shell-";
const CACHE = PREFIX + version;
const KEPT = new Set(files);

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || pathname.startsWith("/api/")) return;
  if (request.mode === "navigate") {
    if (pathname.startsWith("/app/")) event.respondWith(kept(page, request));
  } else if (KEPT.has(pathname)) event.respondWith(kept(pathname, request));
});
worker.addEventListener("message", (event) => event.waitUntil(answer(event)));

/** All files or none: when one does not come, the version before stays. */
async function install() {
  const cache = await caches.open(CACHE);
  try {
    await cache.addAll([page, ...files].map((address) => new Request(address, { cache: "reload" })));
  } catch (problem) {
    await caches.delete(CACHE);
    throw problem;
  }
}

/** The files of the version before are kept until here. */
async function activate() {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  await worker.clients.claim();
}

/**
 * From the tablet; from the network only when the browser has thrown the file away.
 * @param {string} address
 * @param {Request} request
 */
async function kept(address, request) {
  const found = await caches.match(address, { cacheName: CACHE, ignoreVary: true });
  return found ?? fetch(request);
}

/**
 * What pages ask: take over now, take over unless another page is open, are all files here?
 * @param {ExtendableMessageEvent} event
 */
async function answer(event) {
  const port = event.ports[0];
  if (event.data === "take-over") await worker.skipWaiting();
  if (event.data === "take-over-when-alone") {
    const open = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
    const alone = open.filter((client) => new URL(client.url).pathname.startsWith("/app/")).length <= 1;
    if (alone) await worker.skipWaiting();
    port?.postMessage(alone);
  }
  if (event.data === "check") port?.postMessage({ version, missing: await missing() });
}

/** Files that the browser has thrown away and that do not come back. */
async function missing() {
  const cache = await caches.open(CACHE);
  /** @type {string[]} */
  const gone = [];
  for (const address of [page, ...files]) {
    if (await cache.match(address, { ignoreVary: true })) continue;
    await cache.add(new Request(address, { cache: "reload" })).catch(() => gone.push(address));
  }
  return gone;
}
