import assert from "node:assert/strict";
import { test } from "node:test";
import { createDraft, EMPTY, fromSettings, requestFor, resolve, toRequest } from "../../main/resources/web/state/draft.js";
import { memoryStorage, PACK, SETTINGS } from "./support.mjs";

test("an untouched form asks for what the preset says, without repeating it", () => {
  assert.deepEqual(toRequest({ ...EMPTY, prompt: " a red apple " }, [PACK]), {
    prompt: "a red apple", pack: "emoji", preset: "quality", width: 96, height: 96, count: 1, preview: true,
  });
});

test("a request can be written before the packs are known", () => {
  assert.deepEqual(toRequest({ ...EMPTY, prompt: "a" }, []), { prompt: "a", count: 1, preview: true });
});

test("typed numbers are sent as numbers, and what is none is left to the daemon", () => {
  const request = toRequest({ ...EMPTY, prompt: "a", steps: "-3", cfg: "2.5", seed: "7", count: 2 }, [PACK]);
  assert.deepEqual([request.steps, request.cfg, request.seed, request.count], [-3, 2.5, 7, 2]);
  assert.equal(toRequest({ ...EMPTY, prompt: "a", seed: "seven" }, [PACK]).seed, "seven");
  assert.equal("seed" in toRequest({ ...EMPTY, prompt: "a", seed: "" }, [PACK]), false);
});

test("a preset without negative prompt sends none", () => {
  const draft = { ...EMPTY, prompt: "a", negative: "blurry" };
  assert.equal(toRequest(draft, [PACK]).negative_prompt, "blurry");
  assert.equal("negative_prompt" in toRequest({ ...draft, preset: "fast" }, [PACK]), false);
});

test("strength goes with a starting picture only", () => {
  assert.equal("strength" in toRequest({ ...EMPTY, prompt: "a" }, [PACK]), false);
  const request = toRequest({ ...EMPTY, prompt: "a", strength: 0.4, image: { base64: "QUJD" } }, [PACK]);
  assert.deepEqual([request.image, request.strength], ["QUJD", 0.4]);
});

test("the form shows the preset's values and ranges until one is chosen", () => {
  assert.deepEqual(resolve(EMPTY, [PACK]).steps, { default: 20, min: 8, max: 50, value: 20 });
  assert.equal(resolve({ ...EMPTY, steps: 12 }, [PACK]).steps.value, 12);
  assert.equal(resolve({ ...EMPTY, preset: "fast" }, [PACK]).sampler, "lcm");
  assert.equal(resolve(EMPTY, []), null);
});

test("a pack, preset or size that is gone gives way to the first", () => {
  const form = resolve({ ...EMPTY, pack: "gone", preset: "gone", width: 1, height: 1 }, [PACK]);
  assert.deepEqual([form.pack.name, form.preset.id, form.size.width], ["emoji", "quality", 96]);
});

test("making again asks for the very same picture", () => {
  const { pack_version: _, strength: __, ...kept } = SETTINGS;
  assert.deepEqual(requestFor(SETTINGS), { ...kept, count: 1, preview: true });
});

test("a variation differs by its seed only", () => {
  const { seed: _, ...same } = requestFor(SETTINGS);
  assert.deepEqual(requestFor(SETTINGS, { seed: null }), same);
});

test("settings go into the form and out again unchanged", () => {
  const draft = { ...EMPTY, ...fromSettings(SETTINGS) };
  const { pack_version: _, strength: __, negative_prompt: ___, ...kept } = SETTINGS;
  assert.deepEqual(toRequest(draft, [PACK]), { ...kept, preview: true });
});

test("the draft survives a reload, but not its starting picture", () => {
  const storage = memoryStorage();
  createDraft(storage).set({ prompt: "a cat", image: { base64: "QUJD" } });
  assert.equal(createDraft(storage).get().prompt, "a cat");
  assert.equal(createDraft(storage).get().image, null);
});

test("a damaged draft is forgotten", () => {
  assert.deepEqual(createDraft(memoryStorage({ "airbox.draft": "{" })).get(), EMPTY);
  assert.deepEqual(createDraft(memoryStorage({ "airbox.draft": '{"unknown":1}' })).get(), EMPTY);
});

test("another preset forgets what belonged to the former", () => {
  const draft = createDraft();
  draft.set({ steps: 40, sampler: "euler", seed: 7 });
  draft.choosePreset("fast");
  assert.deepEqual([draft.get().steps, draft.get().sampler, draft.get().seed], [null, null, 7]);
});
