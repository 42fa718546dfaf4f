// How far the audit is: counted from what this tablet shows.

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").Section} Section */
/** @typedef {import("./store.js").Area} Area */

/**
 * @param {Store} store
 * @param {Section[]} sections
 */
export function count(store, sections) {
  const asked = sections.flatMap((section) => section.criteria).filter((criterion) => !store.notAsked.has(criterion.id));
  return { asked: asked.length, answered: asked.filter((criterion) => store.answered(criterion.id)).length };
}

/**
 * The questions without an answer, in order.
 * @param {Store} store
 */
export function unanswered(store) {
  return [...store.places.keys()].filter((id) => !store.notAsked.has(id) && !store.answered(id));
}

/**
 * The next question without an answer after `from`, beginning again at the start.
 * @param {Store} store
 * @param {string} from
 */
export function nextUnanswered(store, from) {
  const open = unanswered(store);
  const order = [...store.places.keys()];
  return order.slice(order.indexOf(from) + 1).find((id) => open.includes(id)) ?? open[0] ?? null;
}
