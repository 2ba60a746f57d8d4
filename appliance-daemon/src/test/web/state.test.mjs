import assert from "node:assert/strict";
import { test } from "node:test";
import { createGallery } from "../../main/resources/web/state/gallery.js";
import { createJobs } from "../../main/resources/web/state/jobs.js";
import { createPreferences } from "../../main/resources/web/state/preferences.js";
import { parseHash } from "../../main/resources/web/state/router.js";
import { stageContent } from "../../main/resources/web/state/stage.js";
import { createStore } from "../../main/resources/web/state/store.js";
import { memoryStorage, SETTINGS } from "./support.mjs";

const job = (id, status, more = {}) => ({
  id, status, created: `2026-11-23T10:00:0${id}.000Z`, finished: null, settings: SETTINGS, pictures: [], warnings: [], ...more,
});
const picture = (n) => ({ id: `p${n}`, job: `j${n}`, created: `2026-11-23T10:00:${String(n).padStart(2, "0")}.000Z`, settings: SETTINGS });

/** Answers the jobs store and remembers the listeners of its event streams. */
function fakeApi(answers = {}) {
  const streams = new Map();
  return {
    streams,
    events(id, listener) {
      streams.set(id, listener);
      return () => streams.delete(id);
    },
    ...answers,
  };
}

test("a store tells of changes only", () => {
  const store = createStore({ a: 1, b: 1 });
  let told = 0;
  const stop = store.subscribe(() => told++);
  store.set({ a: 1 });
  store.set({ a: 2 });
  store.set(({ a }) => ({ b: a }));
  stop();
  store.set({ a: 3 });
  assert.equal(told, 2);
  assert.deepEqual(store.get(), { a: 3, b: 2 });
});

test("preferences follow the browser until they are chosen, then are remembered", () => {
  const storage = memoryStorage();
  const first = createPreferences(storage, ["zh-CN"]);
  assert.deepEqual(first.get(), { language: "zh", theme: "auto" });
  first.setLanguage("en");
  first.nextTheme();
  first.nextTheme();
  assert.deepEqual(createPreferences(storage, ["zh-CN"]).get(), { language: "en", theme: "dark" });
});

test("an address names a tab and what it shows", () => {
  const tabs = ["generate", "gallery"];
  assert.deepEqual(parseHash("", tabs), { tab: "generate", item: null });
  assert.deepEqual(parseHash("#/gallery/01k-0", tabs), { tab: "gallery", item: "01k-0" });
  assert.deepEqual(parseHash("#/nowhere/x", tabs), { tab: "generate", item: null });
  assert.deepEqual(parseHash("#/%E0%A4%A", tabs), { tab: "generate", item: null });
});

test("only the head of the queue is followed by events", async () => {
  const api = fakeApi({ jobs: async () => [job(4, "queued"), job(3, "queued"), job(2, "queued"), job(1, "running")] });
  const jobs = createJobs({ api, onEnd() {}, onSilence() {} });
  await jobs.refresh();
  assert.deepEqual([...api.streams.keys()], [1, 2]);
  api.streams.get(1).onJob(job(1, "completed"));
  assert.deepEqual([...api.streams.keys()], [2, 3]);
  for (const id of [2, 3, 4]) api.streams.get(id).onJob(job(id, "cancelled"));
  assert.equal(api.streams.size, 0);
});

test("the end of a job is told once, and a late reply does not bring it back", async () => {
  const ended = [];
  const api = fakeApi({ submit: async () => job(1, "queued") });
  const jobs = createJobs({ api, onEnd: ({ id }) => ended.push(id), onSilence() {} });
  await jobs.submit({});
  const { onJob, onPreview } = api.streams.get(1);
  onJob(job(1, "running"));
  onPreview({ picture: 0, step: 1, png: "QUJD" });
  assert.equal(jobs.get().previews[1].url, "data:image/png;base64,QUJD");
  onJob(job(1, "completed"));
  onJob(job(1, "running"));
  onJob(job(1, "completed"));
  assert.deepEqual(ended, [1]);
  assert.equal(jobs.get().jobs[0].status, "completed");
  assert.deepEqual(jobs.get().previews, {});
  assert.equal(api.streams.size, 0);
});

test("a job that a restarted daemon does not know has failed", async () => {
  let listed = [job(1, "running")];
  const api = fakeApi({ jobs: async () => listed, job: async () => Promise.reject({ status: 404 }) });
  const jobs = createJobs({ api, onEnd() {}, onSilence() {} });
  await jobs.refresh();
  listed = [];
  await jobs.refresh();
  assert.deepEqual([jobs.get().jobs[0].status, jobs.get().jobs[0].error.code], ["failed", "LOST"]);
});

test("a job that ended before it could be cancelled shows how it ended", async () => {
  const api = fakeApi({
    jobs: async () => [job(1, "running")],
    cancel: async () => Promise.reject({ status: 409 }),
    job: async () => job(1, "completed"),
  });
  const jobs = createJobs({ api, onEnd() {}, onSilence() {} });
  await jobs.refresh();
  await jobs.cancel(1);
  assert.equal(jobs.get().jobs[0].status, "completed");
});

test("the gallery grows by pages until there are no more", async () => {
  const all = Array.from({ length: 50 }, (_, n) => picture(50 - n));
  const api = {
    pictures: async ({ limit, before }) => {
      const from = before ? all.findIndex(({ id }) => id === before) + 1 : 0;
      return all.slice(from, from + limit);
    },
  };
  const gallery = createGallery({ api });
  await gallery.refresh();
  assert.equal(gallery.visible().length, 40);
  await gallery.more();
  await gallery.more();
  assert.equal(gallery.visible().length, 50);
  assert.equal(gallery.get().complete, true);
  assert.deepEqual(gallery.visible().map(({ id }) => id), all.map(({ id }) => id));
});

test("a deletion can be undone until its time is over", async () => {
  const deleted = [];
  const api = { pictures: async () => [picture(2), picture(1)], deletePicture: async (id) => deleted.push(id) };
  const gallery = createGallery({ api, grace: 5 });
  await gallery.refresh();
  gallery.remove("p1", assert.fail);
  gallery.remove("p2", assert.fail);
  assert.deepEqual(gallery.visible(), []);
  gallery.undo("p1");
  await new Promise((done) => setTimeout(done, 30));
  assert.deepEqual(deleted, ["p2"]);
  assert.deepEqual(gallery.visible().map(({ id }) => id), ["p1"]);
});

test("a deletion that the daemon refuses brings the picture back", async () => {
  const problems = [];
  const api = { pictures: async () => [picture(1)], deletePicture: async () => Promise.reject({ status: 500 }) };
  const gallery = createGallery({ api, grace: 0 });
  await gallery.refresh();
  gallery.remove("p1", (problem) => problems.push(problem.status));
  await new Promise((done) => setTimeout(done, 30));
  assert.deepEqual(problems, [500]);
  assert.equal(gallery.visible().length, 1);
});

const nothing = { pinned: null, jobs: [], mine: [], dismissed: [], pictures: [], hidden: new Set() };

test("the stage is empty, then shows the newest picture, then the running job", () => {
  assert.deepEqual(stageContent(nothing), {});
  assert.equal(stageContent({ ...nothing, pictures: [picture(2), picture(1)] }).pictures[0].id, "p2");
  const jobs = [job(2, "queued"), job(1, "running")];
  assert.equal(stageContent({ ...nothing, jobs, pictures: [picture(2)] }).job.id, 1);
});

test("the stage shows how this page's last job ended, until something newer comes or it is put away", () => {
  const failed = job(1, "failed", { finished: "2026-11-23T10:00:05.000Z" });
  const state = { ...nothing, jobs: [failed], mine: [1] };
  assert.equal(stageContent(state).job.status, "failed");
  assert.equal(stageContent({ ...state, pictures: [picture(9)] }).pictures[0].id, "p9");
  assert.deepEqual(stageContent({ ...state, dismissed: [1] }), {});
  assert.deepEqual(stageContent({ ...state, mine: [] }), {});
});

test("a pinned picture stays on the stage while others are made, until it is deleted", () => {
  const state = { ...nothing, pinned: { picture: "p1" }, jobs: [job(1, "running")], pictures: [picture(2), picture(1)] };
  assert.equal(stageContent(state).pictures[0].id, "p1");
  assert.equal(stageContent({ ...state, pictures: [picture(2)] }).job.id, 1);
});

test("a picture on the stage carries its job's warnings and its own, each once", () => {
  const done = job(1, "completed", { warnings: ["clamped"], pictures: [{ id: "p1", seed: 7, width: 96, height: 96 }], finished: "2026-11-23T10:00:05.000Z" });
  const pictures = [{ ...picture(1), job: 1, warnings: ["cut", "clamped"] }];
  assert.deepEqual(stageContent({ ...nothing, jobs: [done], mine: [1], pictures }).pictures[0].warnings, ["clamped", "cut"]);
});

test("a finished job's pictures are shown, without those deleted", () => {
  const made = [{ id: "a", seed: 7, width: 96, height: 96 }, { id: "b", seed: 8, width: 96, height: 96 }];
  const done = job(1, "completed", { pictures: made, finished: "2026-11-23T10:00:05.000Z" });
  const state = { ...nothing, jobs: [done], mine: [1] };
  assert.deepEqual(stageContent(state).pictures.map(({ settings }) => settings.seed), [7, 8]);
  assert.deepEqual(stageContent({ ...state, hidden: new Set(["a"]) }).pictures.map(({ id }) => id), ["b"]);
});

test("another person sees nothing of the former, not even what was asked for before", async () => {
  let answer;
  const later = () => new Promise((done) => (answer = done));
  const api = fakeApi({ jobs: later, pictures: later });
  const jobs = createJobs({ api, onEnd() {}, onSilence() {} });
  const list = jobs.refresh();
  jobs.forget();
  answer([job(1, "queued")]);
  await list;
  assert.deepEqual([jobs.get().jobs.length, api.streams.size], [0, 0]);

  const gallery = createGallery({ api });
  gallery.add([picture(2)]);
  const page = gallery.refresh();
  gallery.forget();
  answer([picture(1)]);
  await page;
  assert.deepEqual([gallery.get().pictures, gallery.get().loaded, gallery.get().loading], [[], false, false]);
});
