// The last operations a second time, in localStorage: for the moment when the tablet's store does not keep them.

/** @typedef {Omit<import("./keeping.js").Op, "seq">} Said */
/** @typedef {{audit: string, op: Said, more: import("./keeping.js").More, kept: boolean}} Mirrored */

const MOST = 20;
const LARGEST = 20_000;

/** @param {string} user */
const keyOf = (user) => `base-mirror-${user}`;

/**
 * @param {string} user
 * @returns {Mirrored[]}
 */
export function mirrored(user) {
  try {
    return JSON.parse(localStorage.getItem(keyOf(user)) ?? "[]");
  } catch {
    return [];
  }
}

/**
 * Write an operation down before the store keeps it.
 * @param {string} user
 * @param {Omit<Mirrored, "kept">} said
 */
export function mirror(user, said) {
  if (said.op.kind === "photo.add") return; // its bytes would be missing
  write(user, [...mirrored(user), { ...said, kept: false }]);
}

/**
 * The store keeps it now.
 * @param {string} user
 * @param {string} opId
 */
export function mirrorKept(user, opId) {
  write(user, mirrored(user).map((one) => (one.op.op_id === opId ? { ...one, kept: true } : one)));
}

/**
 * The server has these, nobody will need them here.
 * @param {string} user
 * @param {string[]} opIds
 */
export function mirrorSent(user, opIds) {
  const all = mirrored(user);
  const left = all.filter((one) => !opIds.includes(one.op.op_id));
  if (left.length < all.length) write(user, left);
}

/**
 * Keeps every operation that the store does not have, and the newest of the others.
 * @param {string} user
 * @param {Mirrored[]} all
 */
function write(user, all) {
  const left = [...all];
  let text = JSON.stringify(left);
  while (left.length > MOST || text.length > LARGEST) {
    const oldest = left.findIndex((one) => one.kept);
    if (oldest < 0) break;
    left.splice(oldest, 1);
    text = JSON.stringify(left);
  }
  try {
    if (left.length) localStorage.setItem(keyOf(user), text);
    else localStorage.removeItem(keyOf(user));
  } catch {
    // the mirror is a second line; the first one is the store
  }
}
