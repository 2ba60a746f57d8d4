import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { describeProgress } from "../../main/resources/web/lib/progress.js";
import { translator } from "../../main/resources/web/i18n/index.js";
import {
  chartsOf, columnsOf, formatReading, gaugesOf, summaryOf,
} from "../../main/resources/web/lib/telemetry.js";
import { createTelemetry } from "../../main/resources/web/state/telemetry.js";
import "./support.mjs";

const reading = (value, unit, quality = value === null ? "unknown" : "good") => ({ value, unit, quality, age_ms: 0, source: "sys/x", reason: null });

const BOX = {
  "temperature.controller-soc": reading(70, "celsius"), "temperature.board": reading(52, "celsius"), "temperature.soc": reading(71, "celsius"),
  "power.input": reading(23.48, "watts"), "tpu.use": reading(0.96, "ratio"), "cpu.use": reading(null, "ratio"),
  "memory.available": reading(512, "bytes"), "memory.size": reading(2048, "bytes"),
};

test("values are told in units for people, and what nobody knows is nothing, never zero", () => {
  const shown = (value, unit) => formatReading(value, unit, "en");
  assert.deepEqual(
    [shown(90.54, "celsius"), shown(15.214, "watts"), shown(0.969, "ratio"), shown(950e6, "hertz"), shown(7984906240, "bytes"), shown(93_784, "seconds"), shown(2, "count"), shown(0.08, "count")],
    ["90.5 °C", "15.2 W", "97 %", "950 MHz", "7.44 GiB", "1 d 02:03:04", "2", "0.08"]);
  assert.equal(shown(null, "watts"), null);
  assert.equal(shown(0, "watts"), "0.0 W");
});

test("charts draw what a machine has, the chip first, and no place twice", () => {
  assert.deepEqual(chartsOf(BOX), [
    { id: "temperature", unit: "celsius", ids: ["temperature.soc", "temperature.board"] },
    { id: "power", unit: "watts", ids: ["power.input"] },
    { id: "use", unit: "ratio", ids: ["tpu.use", "cpu.use"] },
  ]);
  assert.deepEqual(chartsOf({ "cpu.use": reading(1, "ratio") }).map(({ id }) => id), ["use"]);
  const many = Object.fromEntries([..."fedcba"].map((name) => [`temperature.${name}`, reading(1, "celsius")]));
  assert.deepEqual(chartsOf(many)[0].ids, ["a", "b", "c", "d"].map((name) => `temperature.${name}`));
});

test("a gauge is a share of what the kernel allows, or of all, or none", () => {
  const trips = [{ zone: "soc", kind: "passive", celsius: 85 }, { zone: "soc", kind: "critical", celsius: 95 }];
  const gauges = Object.fromEntries(gaugesOf({ readings: BOX, trips }).map(({ id, share }) => [id, share]));
  assert.deepEqual(gauges, {
    "temperature.soc": 71 / 95, "temperature.board": null, "power.input": null, "tpu.use": 0.96, "cpu.use": null, "memory.available": 0.25,
  });
});

test("curves become columns with holes where nothing was told", () => {
  const trend = { part_seconds: 10, series: { a: { parts: [[0, 1, 2, 3], [10_000, 2, 3, 4], [40_000, 5, 6, 7]] }, b: { parts: [[10_000, 8, 9, 10]] } } };
  assert.deepEqual(columnsOf(trend, ["a", "b"]), [
    [5, 15, 25, 45],
    [2, 3, null, 6], [1, 2, null, 5], [3, 4, null, 7],
    [null, 9, null, null], [null, 8, null, null], [null, 10, null, null],
  ]);
  assert.deepEqual(columnsOf({ part_seconds: 10, series: {} }, ["a"]), [[], [], [], []]);
  assert.deepEqual(summaryOf(trend.series.a), { least: 1, mean: 11 / 3, most: 7, last: 6 });
  assert.equal(summaryOf({ parts: [] }), null);
});

test("a job says that it waits or goes slowly for heat", () => {
  const t = translator("en");
  const restraint = { kind: "hot", reason: "the chip has 86 °C" };
  assert.equal(describeProgress({ status: "queued", position: 0, eta_seconds: null, restraint }, t), "Next in line · the box has to cool down");
  const progress = { stage: "denoising", step: 2, steps: 20, picture: 0, pictures: 1 };
  assert.match(describeProgress({ status: "running", progress, eta_seconds: null, restraint: { kind: "warm", reason: "" } }, t), /slower, for the box is warm/);
  assert.doesNotMatch(describeProgress({ status: "running", progress, eta_seconds: null, restraint: null }, t), /warm/);
});

/** A page that is looked at, and a box that counts how often it is asked. */
function watched(answers) {
  const listeners = new Set();
  const document = {
    visibilityState: "visible",
    addEventListener: (_, listener) => listeners.add(listener),
    removeEventListener: (_, listener) => listeners.delete(listener),
    become(state) {
      this.visibilityState = state;
      for (const listener of listeners) listener();
    },
  };
  const asked = { now: 0, trends: [] };
  const problems = [];
  let time = 0;
  const telemetry = createTelemetry({
    document,
    now: () => time,
    onProblem: (problem) => problems.push(problem),
    api: {
      async telemetry() {
        asked.now += 1;
        return answers();
      },
      async telemetryHistory(wish) {
        asked.trends.push(wish);
        return { of: wish.seconds };
      },
    },
  });
  return { telemetry, document, asked, problems, pass: (millis) => { time += millis; } };
}

const settled = async () => { for (let i = 0; i < 10; i += 1) await Promise.resolve(); };

test("readings come every two seconds, curves less often, and neither for a page that nobody sees", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { telemetry, document, asked, pass } = watched(() => ({ readings: BOX }));
  const rest = telemetry.watch();
  await settled();
  assert.deepEqual(asked.trends, [{ ids: ["temperature.soc", "temperature.board", "power.input", "tpu.use", "cpu.use"], seconds: 3600, parts: 240 }]);
  for (let i = 0; i < 4; i += 1) {
    pass(2000);
    mock.timers.tick(2000);
    await settled();
  }
  assert.equal(asked.now, 5);
  assert.equal(asked.trends.length, 1);
  pass(2000);
  mock.timers.tick(2000);
  await settled();
  assert.equal(asked.trends.length, 2);

  telemetry.show("week");
  await settled();
  assert.equal(asked.trends.at(-1).seconds, 604_800);
  assert.deepEqual(telemetry.get().trend, { of: 604_800 });

  document.become("hidden");
  mock.timers.tick(60_000);
  await settled();
  assert.equal(asked.now, 7);
  document.become("visible");
  await settled();
  assert.equal(asked.now, 8);
  rest();
  mock.timers.tick(60_000);
  await settled();
  assert.equal(asked.now, 8);
  mock.timers.reset();
});

test("a box that does not answer is asked again, and what it said stays", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  let fails = false;
  const { telemetry, problems } = watched(() => {
    if (fails) throw new Error("no answer");
    return { readings: {} };
  });
  const rest = telemetry.watch();
  await settled();
  fails = true;
  mock.timers.tick(2000);
  await settled();
  assert.equal(problems.length, 1);
  assert.deepEqual(telemetry.get().value, { readings: {} });
  fails = false;
  mock.timers.tick(2000);
  await settled();
  assert.equal(telemetry.get().problem, null);
  rest();
  mock.timers.reset();
});
