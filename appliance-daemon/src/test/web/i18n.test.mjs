import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseLanguage, LANGUAGES, textOr, translator } from "../../main/resources/web/i18n/index.js";
import { SHORTCUTS } from "../../main/resources/web/lib/shortcuts.js";
import { files, PARTS, read } from "./support.mjs";

const textsOf = async (part, language) =>
  (await import(`../../main/resources/web/i18n/${part === "page" ? "" : `${part}-`}${language}.js`)).default;
const parts = await Promise.all(PARTS.map(async (part) => ({ en: await textsOf(part, "en"), zh: await textsOf(part, "zh") })));
const en = Object.assign({}, ...parts.map((part) => part.en));
const zh = Object.assign({}, ...parts.map((part) => part.zh));
const languages = { en, zh };
const placeholders = (text) =>
  [...new Set(Object.values(typeof text === "string" ? { text } : text).join(" ").match(/\{\w+\}/g) ?? [])].sort();

test("both languages have the same keys in each part, and a key is in one part only", () => {
  assert.deepEqual(Object.keys(languages), Object.keys(LANGUAGES));
  assert.ok(parts.length > 1);
  for (const part of parts) assert.deepEqual(Object.keys(part.zh).sort(), Object.keys(part.en).sort());
  assert.equal(Object.keys(en).length, parts.reduce((sum, part) => sum + Object.keys(part.en).length, 0));
});

test("both languages fill in the same values, and no text is empty", () => {
  for (const key of Object.keys(en)) {
    assert.deepEqual(placeholders(zh[key]), placeholders(en[key]), key);
    for (const text of [en[key], zh[key]].flatMap((each) => (typeof each === "string" ? each : Object.values(each)))) {
      assert.notEqual(text.trim(), "", key);
    }
  }
});

test("plural texts have every form that their language asks for", () => {
  for (const [language, texts] of Object.entries(languages)) {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [key, text] of Object.entries(texts)) {
      if (typeof text !== "string") for (const form of forms) assert.ok(form in text, `${language} ${key} lacks ${form}`);
    }
  }
});

test("every text that a module asks for exists, and every text is asked for", () => {
  const used = new Set(SHORTCUTS.map(({ action }) => `shortcut.${action}`));
  const families = new Set();
  const sources = files(".js").filter((path) => !/^(vendor|i18n)\//.test(path)).map(read).join("\n");
  for (const [, key] of sources.matchAll(/["']([a-z]\w*\.[\w-]+)["']/g)) if (key.split(".")[0] in prefixes()) used.add(key);
  for (const [, prefix] of sources.matchAll(/`([a-z]\w*\.)\$\{/g)) families.add(prefix);
  const unknown = [...used].filter((key) => !(key in en));
  assert.deepEqual(unknown, []);
  const unused = Object.keys(en).filter((key) => !used.has(key) && ![...families].some((prefix) => key.startsWith(prefix)));
  assert.deepEqual(unused, []);
});

test("the browser's first known language wins, English is the last resort", () => {
  assert.equal(chooseLanguage(["fr-FR", "zh-TW", "en"]), "zh");
  assert.equal(chooseLanguage(["en-GB", "zh"]), "en");
  assert.equal(chooseLanguage(["fr"]), "en");
  assert.equal(chooseLanguage([]), "en");
});

test("a text takes its values and its plural form", () => {
  assert.equal(translator("en")("job.waiting", { n: 1 }), "Waiting, 1 job before this one");
  assert.equal(translator("en")("job.waiting", { n: 3 }), "Waiting, 3 jobs before this one");
  assert.equal(translator("zh")("job.step", { n: 2, of: 20 }), "第 2/20 步");
  assert.equal(translator("en")("no.such.key"), "no.such.key");
  assert.equal(textOr(translator("en"), "engine.ready", "ready"), "ready");
  assert.equal(textOr(translator("zh"), "engine.ready", "ready"), "就绪");
  assert.equal(textOr(translator("zh"), "engine.melting", "melting"), "melting");
});

function prefixes() {
  return Object.fromEntries(Object.keys(en).map((key) => [key.split(".")[0], true]));
}
