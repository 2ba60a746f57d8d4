import { createStore } from "./store.js";

const PAGE = 25;

/**
 * What happened on the box, newest first, read page by page.
 *
 * @param {{audit: (page: {limit: number, before?: number}) => Promise<object[]>}} api
 */
export function createAudit(api) {
  const store = createStore({
    entries: /** @type {object[]} */ ([]),
    loaded: false,
    loading: false,
    /** whether there is nothing older */
    complete: false,
    problem: /** @type {import("../api/problem.js").Problem | null} */ (null),
  });

  async function load(before) {
    store.set({ loading: true, problem: null });
    try {
      const page = await api.audit({ limit: PAGE, before });
      const byNumber = new Map([...store.get().entries, ...page].map((entry) => [entry.number, entry]));
      const entries = [...byNumber.values()].sort((a, b) => b.number - a.number);
      store.set({ entries, loaded: true });
      if (before !== undefined || page.length === entries.length) store.set({ complete: page.length < PAGE });
    } catch (problem) {
      store.set({ problem });
    } finally {
      store.set({ loading: false });
    }
  }

  return {
    ...store,
    /** What is new since it was read. */
    refresh: () => load(undefined),
    /** The next older page. */
    more: () => load(store.get().entries.at(-1)?.number),
  };
}

/**
 * Entries in which every word occurs, wherever.
 *
 * @param {object[]} entries
 * @param {string} words
 */
export function matching(entries, words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return entries;
  return entries.filter((entry) => {
    const text = JSON.stringify(Object.values(entry)).toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
