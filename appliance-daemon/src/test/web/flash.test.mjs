import assert from "node:assert/strict";
import { test } from "node:test";
import { joined, mapOf, mood, readable } from "../../main/resources/web/lib/flash.js";
import { createFlash } from "../../main/resources/web/state/flash.js";

test("pieces of a console are joined where they belong, however often they come", () => {
  let shown = { start: 0, text: "" };
  shown = joined(shown, { offset: 0, text: "U-Boot" });
  shown = joined(shown, { offset: 6, text: " 2022" });
  assert.deepEqual(shown, { start: 0, text: "U-Boot 2022" });
  shown = joined(shown, { offset: 7, text: "2022.10" });
  assert.deepEqual(shown, { start: 0, text: "U-Boot 2022.10" });
  assert.deepEqual(joined(shown, { offset: 99, text: "after a hole" }), { start: 99, text: "after a hole" });
  const long = joined(shown, { offset: 14, text: "x".repeat(70_000) });
  assert.equal(long.text.length, 64 * 1024);
  assert.equal(long.start + long.text.length, 70_014);
});

test("a console is shown as lines, without what a terminal would obey", () => {
  assert.equal(readable("\u001b[1;31mred\u001b[0m\r\n\r\nUpdating, 5%\rUpdating, 6%\r\n\u0007\u0000end"), "red\nUpdating, 5%\nUpdating, 6%\nend");
});

test("the map has a row for each partition and a cell for each write", () => {
  const writes = [{ partition: "gpt", file: "gpt.gz", state: "WRITTEN" }, { partition: "boot", file: "boot.1-of-2.gz", state: "BEGUN" }, { partition: "boot", file: "boot.2-of-2.gz", state: "UNSEEN" }];
  const rows = mapOf(writes, [{ partition: "boot", done: 0.25, wrong: false }, { partition: "other", done: 1, wrong: false }]);
  assert.deepEqual(rows.map(({ partition, done, writes: { length } }) => [partition, done, length]), [["gpt", 0, 1], ["boot", 0.25, 2]]);
});

test("only a proven flash looks good", () => {
  assert.deepEqual(["VERIFIED", "BOOTED", "COMPLETED", "UNKNOWN", "FAILED", "INCOMPLETE", "NOT_STARTED"].map(mood), ["good", "good", "open", "open", "bad", "bad", "bad"]);
});

/** A box whose events are sent by hand. */
function scene(value) {
  const listeners = [];
  const asked = [];
  const api = {
    flash: async () => (asked.push("flash"), value),
    watchFlash: async (wish) => (asked.push(wish), { port: wish.port, phase: "listening", ended: null }),
    stopFlash: async () => asked.push("stop"),
    flashEvents: (listener) => {
      listeners.push(listener);
      return () => listeners.splice(listeners.indexOf(listener), 1);
    },
  };
  return { flash: createFlash({ api, onProblem: (problem) => asked.push(problem) }), listeners, asked };
}
const settled = () => new Promise((done) => setImmediate(done));

test("a watch is followed while somebody looks, and until it has ended", async () => {
  const { flash, listeners, asked } = scene({ ports: [], packages: [], reports: [], watch: null });
  const leave = flash.look();
  await settled();
  assert.equal(listeners.length, 0, "there is none yet");
  await flash.start({ port: "/dev/ttyUSB0" });
  assert.equal(listeners.length, 1);
  listeners[0].onConsole({ offset: 0, text: "U-Boot" });
  listeners[0].onProgress({ progress: { fraction: 0.5 }, partitions: [{ partition: "gpt" }] });
  assert.equal(flash.get().console.text, "U-Boot");
  assert.deepEqual([flash.get().watch.progress.fraction, flash.get().watch.port], [0.5, "/dev/ttyUSB0"]);
  listeners[0].onWatch({ port: "/dev/ttyUSB0", phase: "ended", ended: "now" });
  await settled();
  assert.equal(listeners.length, 0);
  assert.equal(asked.filter((each) => each === "flash").length, 2, "the reports are asked for anew");
  leave();
});

test("who comes later joins a watch that goes on, and leaves it", async () => {
  const { flash, listeners } = scene({ ports: [], packages: [], reports: [], watch: { port: "p", ended: null } });
  const leave = flash.look();
  await settled();
  assert.equal(listeners.length, 1);
  leave();
  assert.equal(listeners.length, 0);
  await flash.start({ port: "p" });
  assert.equal(listeners.length, 0, "nobody looks");
});
