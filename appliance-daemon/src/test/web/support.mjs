import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { LANGUAGES, loadTexts } from "../../main/resources/web/i18n/index.js";

/** The page's folder. */
export const WEB = join(dirname(fileURLToPath(import.meta.url)), "../../main/resources/web");

/** The parts of the texts: `en.js` is the page's, `access-en.js` the part `access`. */
export const PARTS = readdirSync(join(WEB, "i18n"))
  .map((name) => /^(?:(\w+)-)?en\.js$/.exec(name))
  .filter(Boolean)
  .map(([, part]) => part ?? "page");

// every part in every language, as after a look around
for (const part of PARTS) for (const language of Object.keys(LANGUAGES)) await loadTexts({ language, part });

/** A file of the page as text. */
export const read = (path) => readFileSync(join(WEB, path), "utf8");

/** Paths of the page's files with that ending, vendored ones left out. */
export function files(ending, folder = WEB) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? files(ending, path) : [relative(WEB, path).replaceAll("\\", "/")];
    })
    .filter((path) => path.endsWith(ending));
}

/** A pack as `GET /api/v1/packs` lists it. */
export const PACK = {
  name: "emoji", version: "1.0.0", title: "Emoji", img2img: true,
  licence: { spdx: "MIT", commercial: true },
  sizes: [{ width: 96, height: 96 }, { width: 96, height: 128 }],
  presets: [
    { id: "quality", sampler: "ddim", spacing: "leading", negative: true,
      steps: { default: 20, min: 8, max: 50 }, cfg: { default: 3, min: 1, max: 7 } },
    { id: "fast", sampler: "lcm", spacing: "lcm", negative: false,
      steps: { default: 4, min: 2, max: 12 }, cfg: { default: 1, min: 1, max: 2 } },
  ],
};

/** What a picture or job says it was made with. */
export const SETTINGS = {
  pack: "emoji", pack_version: "1.0.0", preset: "quality", prompt: "a red apple", negative_prompt: "", width: 96,
  height: 96, steps: 20, cfg: 3, sampler: "ddim", spacing: "leading", seed: 7, noise: "torch-cpu", count: 2, strength: null,
};

/** Local storage, as far as the page uses it. */
export function memoryStorage(initial = {}) {
  const items = new Map(Object.entries(initial));
  return { getItem: (key) => items.get(key) ?? null, setItem: (key, value) => items.set(key, value) };
}
