import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "../../main/resources/web/api/client.js";
import { Problem } from "../../main/resources/web/api/problem.js";
import { translator } from "../../main/resources/web/i18n/index.js";
import {
  boundsOf, formatMemory, heapGroups, largestOf, purposeText, segmentsOf, shelf,
} from "../../main/resources/web/lib/memory.js";
import { createMemory } from "../../main/resources/web/state/memory.js";
import "./support.mjs";

const MIB = 2 ** 20;

const heap = (name, total, ours, others) => ({
  heap: name, total_bytes: total, used_bytes: ours + others, ours_bytes: ours, others_bytes: others, free_bytes: total - ours - others,
  peak_bytes: null, ours_peak_bytes: ours,
});

/** A pack as the API tells it; its networks as `[heap, bytes, shared]`. */
const pack = (name, ...networks) => ({
  name, version: "1.0.0", bytes: networks.reduce((sum, [, bytes]) => sum + bytes, 0), declared_bytes: 500, measured_bytes: null,
  networks: networks.map(([where, bytes, shared = false]) => ({ shared, buffers: [{ heap: where, purpose: "weights", bytes }] })),
});

test("sizes are told in the units of the box's own sentences", () => {
  assert.deepEqual([0, 812, 1024, 720 * 1024, 40.2 * MIB, 1024 * MIB, 7984906240].map(formatMemory),
    ["0 B", "812 B", "1 KiB", "720 KiB", "40.2 MiB", "1.00 GiB", "7.44 GiB"]);
});

test("the heaps of a TPU are summed up, this machine's memory stands alone", () => {
  const groups = heapGroups({ heaps: [heap("npu", 800, 100, 50), heap("vpp", 400, 10, 0), heap("ram", 9000, 5, 3000)] });
  assert.deepEqual(groups.map(({ id }) => id), ["device", "ram"]);
  const { total_bytes, used_bytes, ours_bytes, others_bytes, free_bytes } = groups[0].sum;
  assert.deepEqual([total_bytes, used_bytes, ours_bytes, others_bytes, free_bytes], [1200, 160, 110, 50, 1040]);
  assert.equal(groups[1].sum, null);
  assert.deepEqual(heapGroups({ heaps: [] }), []);
});

test("what one heap does not tell, their sum does not tell either", () => {
  const [{ sum }] = heapGroups({ heaps: [heap("npu", 800, 100, 50), { ...heap("vpp", 400, 10, 0), others_bytes: null }] });
  assert.equal(sum.others_bytes, null);
  assert.equal(sum.ours_bytes, 110);
});

test("a bar has each pack, what several share, others and what is free", () => {
  const packs = [pack("a", ["npu", 60], ["npu", 30, true], ["vpp", 7]), pack("b", ["npu", 10], ["npu", 30, true])];
  const parts = segmentsOf(heap("npu", 1000, 100, 200), packs);
  assert.deepEqual(parts.map(({ kind, name, bytes }) => [kind, name, bytes]),
    [["pack", "a", 60], ["pack", "b", 10], ["shared", "", 30], ["others", "", 200], ["free", "", 700]]);
  assert.equal(parts.reduce((sum, { share }) => sum + share, 0), 1);
  const all = segmentsOf(heap("all", 2000, 107, 200), packs, new Set(["npu", "vpp"]));
  assert.deepEqual(all.filter(({ kind }) => kind !== "free").map(({ bytes }) => bytes), [67, 10, 30, 200]);
});

test("a heap that only a file tells of has no models to show, and one of unknown size no bar", () => {
  const told = { ...heap("npu", 1000, 0, 0), used_bytes: 300, ours_bytes: null, others_bytes: null, free_bytes: 700 };
  assert.deepEqual(segmentsOf(told, []).map(({ kind, bytes }) => [kind, bytes]), [["others", 300], ["free", 700]]);
  assert.deepEqual(segmentsOf({ ...told, total_bytes: null }, []), []);
});

test("a bound is marked where it has an effect and the bar has room for it", () => {
  const of = (limit, headroom, total = 1000) => boundsOf({ limit_bytes: limit, headroom_bytes: headroom }, { total_bytes: total });
  assert.deepEqual(of(250, 100), { limit: 0.25, headroom: 0.1 });
  assert.deepEqual(of(null, 0), { limit: null, headroom: null });
  assert.deepEqual(of(2000, 1000), { limit: null, headroom: null });
  assert.deepEqual(of(250, 100, null), { limit: null, headroom: null });
});

test("packs keep their places and colours, loaded or not, installed or gone", () => {
  const installed = [{ name: "b", title: "Bees", version: "2.0.0" }, { name: "a", version: "1.0.0" }];
  const before = shelf([], installed);
  const after = shelf([pack("gone", ["npu", 1]), pack("b", ["npu", 1])], installed);
  assert.deepEqual(before.map(({ name, title, version, memory }) => [name, title, version, memory]),
    [["a", "a", "1.0.0", null], ["b", "Bees", "2.0.0", null]]);
  assert.deepEqual(after.map(({ name, version, memory }) => [name, version, memory?.name]),
    [["a", "1.0.0", undefined], ["b", "1.0.0", "b"], ["gone", "1.0.0", "gone"]]);
  assert.deepEqual(after.slice(0, 2).map(({ tint }) => tint), before.map(({ tint }) => tint));
});

test("figures of packs are drawn against the largest of all", () => {
  assert.equal(largestOf([pack("a", ["npu", 60]), { ...pack("b", ["npu", 10]), measured_bytes: 900 }]), 900);
  assert.equal(largestOf([]), 1);
});

test("a buffer is named in the reader's language, one that nobody knows as it is", () => {
  assert.equal(purposeText("weights", translator("zh")), "权重");
  assert.equal(purposeText("input encoder_hidden_states", translator("en")), "Input encoder_hidden_states");
  assert.equal(purposeText("scratch 3", translator("en")), "scratch 3");
});

test("a pack is steered by its escaped name", async () => {
  const calls = [];
  const client = createClient(async (path, options) => {
    calls.push({ path, ...options });
    return Response.json({ packs: [] });
  });
  await client.tpu();
  await client.steerPack("a/b", { pinned: true });
  assert.deepEqual(calls.map(({ method, path, body }) => [method, path, body]),
    [["GET", "/api/v1/tpu", undefined], ["PUT", "/api/v1/tpu/packs/a%2Fb", '{"pinned":true}']]);
});

/** A memory whose box answers when it is told to, on a page whose visibility and time are the test's. */
function watchedMemory(context) {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const page = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const asked = [];
  const problems = [];
  const ask = () => new Promise((answer, refuse) => asked.push({ answer, refuse }));
  const memory = createMemory({ api: { tpu: ask, steerPack: ask }, document: page, onProblem: (problem) => problems.push(problem.code) });
  return {
    asked,
    memory,
    problems,
    pass: (milliseconds) => context.mock.timers.tick(milliseconds),
    show(state) {
      page.visibilityState = state;
      page.dispatchEvent(new Event("visibilitychange"));
    },
  };
}

const settle = () => new Promise(setImmediate);

test("memory is read again two seconds after each answer, never twice at once", async (context) => {
  const { asked, memory, pass } = watchedMemory(context);
  assert.equal(asked.length, 0);
  memory.watch();
  pass(60_000);
  assert.equal(asked.length, 1);
  asked[0].answer({ engine: "onnx" });
  await settle();
  assert.equal(memory.get().value.engine, "onnx");
  pass(1999);
  assert.equal(asked.length, 1);
  pass(1);
  assert.equal(asked.length, 2);
});

test("a hidden page asks for nothing, and at once when it is seen again", async (context) => {
  const { asked, memory, pass, show } = watchedMemory(context);
  memory.watch();
  asked[0].answer({});
  await settle();
  show("hidden");
  pass(60_000);
  assert.equal(asked.length, 1);
  show("visible");
  assert.equal(asked.length, 2);
});

test("who leaves the tab stops it, even in the middle of a look", async (context) => {
  const { asked, memory, pass, show } = watchedMemory(context);
  const leave = memory.watch();
  leave();
  asked[0].answer({ engine: "late" });
  await settle();
  pass(60_000);
  show("visible");
  assert.equal(asked.length, 1);
  assert.equal(memory.get().value, null);
});

test("a failure keeps what was known, is told, and does not end the looking", async (context) => {
  const { asked, memory, pass, problems } = watchedMemory(context);
  memory.watch();
  asked[0].answer({ engine: "onnx" });
  await settle();
  pass(2000);
  asked[1].refuse(new Problem({ code: "NO_ANSWER" }));
  await settle();
  assert.deepEqual([memory.get().value.engine, memory.get().problem.code, problems], ["onnx", "NO_ANSWER", ["NO_ANSWER"]]);
  pass(2000);
  asked[2].answer({ engine: "onnx" });
  await settle();
  assert.equal(memory.get().problem, null);
});

test("what was just done counts, not what was read before it", async (context) => {
  const { asked, memory } = watchedMemory(context);
  memory.watch();
  const done = memory.steer("a", { loaded: true });
  asked[1].answer({ packs: ["a"] });
  await done;
  asked[0].answer({ packs: [] });
  await settle();
  assert.deepEqual(memory.get().value.packs, ["a"]);
});

test("a refusal to steer is the caller's", async (context) => {
  const { asked, memory, problems } = watchedMemory(context);
  const done = memory.steer("a", { loaded: true });
  asked[0].refuse(new Problem({ status: 507, code: "OUT_OF_MEMORY" }));
  await assert.rejects(done, { code: "OUT_OF_MEMORY" });
  assert.deepEqual([problems, memory.get().problem], [[], null]);
});
