import { createStore } from "./store.js";

/**
 * The address after `#/`: a tab and, below it, what the tab shows (`#/gallery/01k…-0`).
 *
 * @param {string} hash
 * @param {string[]} tabs ids, the first is the default
 */
export function parseHash(hash, tabs) {
  const [tab, ...rest] = hash.replace(/^#\/?/, "").split("/").map(decode);
  return tabs.includes(tab) ? { tab, item: rest.join("/") || null } : { tab: tabs[0], item: null };
}

/**
 * @param {Window} window
 * @param {string[]} tabs
 */
export function createRouter(window, tabs) {
  const store = createStore(parseHash(window.location.hash, tabs));
  window.addEventListener("hashchange", () => store.set(parseHash(window.location.hash, tabs)));
  return {
    ...store,
    /**
     * @param {string} tab
     * @param {string | null} [item]
     */
    go(tab, item = null) {
      window.location.hash = `#/${tab}${item ? `/${encodeURIComponent(item)}` : ""}`;
    },
  };
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
