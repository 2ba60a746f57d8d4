/**
 * The request that is being written. A null field means "as the preset says", as in the API.
 *
 * @typedef {object} Draft
 * @property {string} prompt
 * @property {string} negative
 * @property {string | null} pack
 * @property {string | null} preset
 * @property {number | null} width
 * @property {number | null} height
 * @property {number | string | null} steps a string is what somebody typed and the daemon will judge
 * @property {number | string | null} cfg
 * @property {string | null} sampler
 * @property {string | null} spacing
 * @property {string | null} noise
 * @property {number | string | null} seed null draws a new one for every job
 * @property {number | string} count
 * @property {StartImage | null} image
 * @property {number} strength
 */

/**
 * @typedef {object} StartImage
 * @property {string} base64
 * @property {string} url to show it
 * @property {string} name
 */

import { createStore } from "./store.js";

const KEY = "airbox.draft";
/** @type {Draft} */
export const EMPTY = {
  prompt: "", negative: "", pack: null, preset: null, width: null, height: null, steps: null, cfg: null,
  sampler: null, spacing: null, noise: null, seed: null, count: 1, image: null, strength: 0.6,
};
/** What belongs to a preset and is forgotten with it. */
const OF_PRESET = { steps: null, cfg: null, sampler: null, spacing: null };

/**
 * The draft with every default filled in and its bounds: what the form shows.
 *
 * @param {Draft} draft
 * @param {object[]} packs
 */
export function resolve(draft, packs) {
  const pack = packs.find(({ name }) => name === draft.pack) ?? packs[0];
  if (!pack) return null;
  const preset = pack.presets.find(({ id }) => id === draft.preset) ?? pack.presets[0];
  const size =
    pack.sizes.find(({ width, height }) => width === draft.width && height === draft.height) ?? pack.sizes[0];
  return {
    pack,
    preset,
    size,
    steps: { ...preset.steps, value: draft.steps ?? preset.steps.default },
    cfg: { ...preset.cfg, value: draft.cfg ?? preset.cfg.default },
    sampler: draft.sampler ?? preset.sampler,
    spacing: draft.spacing ?? preset.spacing,
    noise: draft.noise ?? "torch-cpu",
    negative: preset.negative,
    image: pack.img2img !== false,
  };
}

/**
 * The body of `POST /api/v1/jobs`: only what was chosen, so that the daemon's defaults stay the daemon's.
 *
 * @param {Draft} draft
 * @param {object[]} packs
 */
export function toRequest(draft, packs) {
  const form = resolve(draft, packs);
  const request = {
    prompt: draft.prompt.trim(),
    negative_prompt: form?.negative && draft.negative.trim() ? draft.negative.trim() : null,
    pack: form?.pack.name ?? draft.pack,
    preset: form?.preset.id ?? draft.preset,
    width: form?.size.width ?? draft.width,
    height: form?.size.height ?? draft.height,
    steps: numeric(draft.steps),
    cfg: numeric(draft.cfg),
    sampler: draft.sampler,
    spacing: draft.spacing,
    noise: draft.noise,
    seed: numeric(draft.seed),
    count: numeric(draft.count),
    preview: true,
    image: draft.image?.base64 ?? null,
    strength: draft.image ? draft.strength : null,
  };
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== null));
}

/**
 * A draft that asks for what a picture was made with.
 *
 * @param {object} settings of a picture or a job
 * @returns {Partial<Draft>}
 */
export function fromSettings(settings) {
  return {
    prompt: settings.prompt ?? "",
    negative: settings.negative_prompt ?? "",
    pack: settings.pack ?? null,
    preset: settings.preset ?? null,
    width: settings.width ?? null,
    height: settings.height ?? null,
    steps: settings.steps ?? null,
    cfg: settings.cfg ?? null,
    sampler: settings.sampler ?? null,
    spacing: settings.spacing ?? null,
    noise: settings.noise ?? null,
    seed: settings.seed ?? null,
    count: settings.count ?? 1,
    strength: settings.strength ?? EMPTY.strength,
  };
}

/**
 * The same picture once more, without going through the form.
 *
 * @param {object} settings
 * @param {{seed?: number | null, image?: string | null}} [change] a null seed draws a new one
 */
export function requestFor(settings, { seed = settings.seed, image = null } = {}) {
  const { pack_version: _, ...kept } = settings;
  const request = { ...kept, seed, count: 1, image, preview: true, strength: image ? settings.strength : null };
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== null && value !== undefined));
}

/** What somebody typed as the number it is; what is no number stays as it is, and the daemon says so. */
function numeric(value) {
  if (value === null || value === "") return null;
  const number = Number(value);
  return Number.isNaN(number) ? value : number;
}

/**
 * The draft of this browser; survives a reload, except for its starting picture.
 *
 * @param {Storage | undefined} storage
 */
export function createDraft(storage) {
  const store = createStore({ ...EMPTY, ...read(storage) });
  store.subscribe(() => {
    try {
      storage?.setItem(KEY, JSON.stringify({ ...store.get(), image: null }));
    } catch {
      // the draft is then only kept until the page closes
    }
  });
  return {
    ...store,
    choosePack: (pack) => store.set({ pack, preset: null, width: null, height: null, ...OF_PRESET }),
    choosePreset: (preset) => store.set({ preset, ...OF_PRESET }),
    reset: () => store.set({ ...EMPTY, prompt: store.get().prompt, image: store.get().image }),
  };
}

function read(storage) {
  try {
    const saved = JSON.parse(storage?.getItem(KEY) ?? "{}") ?? {};
    return Object.fromEntries(Object.entries(saved).filter(([key]) => key in EMPTY && key !== "image"));
  } catch {
    return {};
  }
}
