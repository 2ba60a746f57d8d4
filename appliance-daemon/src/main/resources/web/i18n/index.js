/** Languages of the page under their own names, in the order of the menu; adding one is adding its files below. */
export const LANGUAGES = { en: "English", zh: "中文" };

/** What the page says, part by part: a part is loaded with the tab that needs it. */
const PARTS = {
  page: { en: () => import("./en.js"), zh: () => import("./zh.js") },
  engine: { en: () => import("./engine-en.js"), zh: () => import("./engine-zh.js") },
  models: { en: () => import("./models-en.js"), zh: () => import("./models-zh.js") },
  telemetry: { en: () => import("./telemetry-en.js"), zh: () => import("./telemetry-zh.js") },
  flash: { en: () => import("./flash-en.js"), zh: () => import("./flash-zh.js") },
  access: { en: () => import("./access-en.js"), zh: () => import("./access-zh.js") },
  network: { en: () => import("./network-en.js"), zh: () => import("./network-zh.js") },
};

/** @type {Record<string, Record<string, string | Record<string, string>>>} */
const texts = Object.fromEntries(Object.keys(LANGUAGES).map((language) => [language, {}]));
const wanted = new Set(["page"]);
let current = "en";

/**
 * Loads what the page says in a language, or one more part of it in the present language.
 *
 * @param {{language?: string, part?: string}} what
 * @returns {Promise<void>} rejects when the box does not answer
 */
export async function loadTexts({ language = current, part = "page" }) {
  wanted.add(part);
  const loaded = await Promise.all([...wanted].map((each) => PARTS[each][language]()));
  Object.assign(texts[language], ...loaded.map((module) => module.default));
  current = language;
}

/**
 * The first language of a browser's list that the page speaks, else English.
 *
 * @param {readonly string[]} wanted as `navigator.languages`
 */
export function chooseLanguage(wanted) {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split("-")[0];
    if (language in LANGUAGES) return language;
  }
  return "en";
}

/**
 * The text for an id that the box wrote, or the id itself where the page has none yet.
 *
 * @param {(key: string) => string} t
 * @param {string} key
 * @param {string} id
 */
export function textOr(t, key, id) {
  const text = t(key);
  return text === key ? id : text;
}

/**
 * @param {string} language one that is loaded
 * @returns {(key: string, values?: Record<string, unknown>) => string} text of a key with `{name}` filled in; a text
 *   with plural forms takes its number from `n`
 */
export function translator(language) {
  const plural = new Intl.PluralRules(language);
  return (key, values = {}) => {
    const text = texts[language][key];
    if (text === undefined) return key;
    const chosen = typeof text === "string" ? text : (text[plural.select(values.n)] ?? text.other);
    return chosen.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
  };
}
