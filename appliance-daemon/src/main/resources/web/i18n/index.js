import en from "./en.js";
import zh from "./zh.js";

/** Languages of the page, in the order of the menu; adding one is adding its file here. */
export const LANGUAGES = { en: { name: "English", texts: en }, zh: { name: "中文", texts: zh } };

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
 * @param {string} language
 * @returns {(key: string, values?: Record<string, unknown>) => string} text of a key with `{name}` filled in; a text
 *   with plural forms takes its number from `n`
 */
export function translator(language) {
  const { texts } = LANGUAGES[language];
  const plural = new Intl.PluralRules(language);
  return (key, values = {}) => {
    const text = texts[key];
    if (text === undefined) return key;
    const chosen = typeof text === "string" ? text : (text[plural.select(values.n)] ?? text.other);
    return chosen.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
  };
}
