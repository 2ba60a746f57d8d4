import { createStore } from "./store.js";
import { chooseLanguage } from "../i18n/index.js";

const KEY = "airbox.preferences";
const THEMES = ["auto", "light", "dark"];

/**
 * Language and theme, remembered in this browser. A value that was never chosen follows the browser.
 *
 * @param {Storage | undefined} storage
 * @param {readonly string[]} browserLanguages as `navigator.languages`
 */
export function createPreferences(storage, browserLanguages) {
  const saved = read(storage);
  const store = createStore({
    language: chooseLanguage(saved.language ? [saved.language] : browserLanguages),
    theme: THEMES.includes(saved.theme) ? saved.theme : "auto",
  });

  function remember(patch) {
    store.set(patch);
    write(storage, { ...read(storage), ...patch });
  }

  return {
    ...store,
    /** @param {string} language */
    setLanguage: (language) => remember({ language }),
    /** auto → light → dark → auto */
    nextTheme: () => remember({ theme: THEMES[(THEMES.indexOf(store.get().theme) + 1) % THEMES.length] }),
  };
}

/** @returns {{language?: string, theme?: string}} */
function read(storage) {
  try {
    return JSON.parse(storage?.getItem(KEY) ?? "{}") ?? {};
  } catch {
    return {};
  }
}

function write(storage, value) {
  try {
    storage?.setItem(KEY, JSON.stringify(value));
  } catch {
    // a full or forbidden storage costs the memory of a choice, nothing else
  }
}
