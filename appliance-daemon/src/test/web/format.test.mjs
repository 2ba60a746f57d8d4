import assert from "node:assert/strict";
import { test } from "node:test";
import { asCurl, quoted } from "../../main/resources/web/api/curl.js";
import { translator } from "../../main/resources/web/i18n/index.js";
import { fileName, formatBytes, formatDay, formatDistance, formatDuration, formatTime } from "../../main/resources/web/lib/format.js";
import { suggest } from "../../main/resources/web/lib/suggestions.js";
import "./support.mjs";

test("bytes are shown in steps of a thousand", () => {
  assert.deepEqual([0, 999, 1000, 12_345, 999_500, 2_400_000_000].map(formatBytes),
    ["0 B", "999 B", "1.0 kB", "12 kB", "1.0 MB", "2.4 GB"]);
  assert.equal(formatBytes(Number.NaN), "–");
});

test("durations are as precise as a person needs", () => {
  const t = translator("en");
  assert.deepEqual([0.84, 12.4, 89, 90, 3600, 7500, 200_000].map((seconds) => formatDuration(seconds, t)),
    ["0.8 s", "12 s", "89 s", "2 min", "1 h 0 min", "2 h 5 min", "2 d 7 h"]);
  assert.equal(formatDuration(-1, t), "–");
});

test("a time that is none is a dash", () => {
  assert.equal(formatTime("nonsense", "en"), "–");
  assert.match(formatTime("2026-11-23T10:00:00Z", "zh"), /2026/);
});

test("a moment is told by its distance", () => {
  const now = Date.parse("2026-11-23T10:00:00Z");
  const from = (seconds) => formatDistance(new Date(now + seconds * 1000).toISOString(), "en", now);
  assert.deepEqual([0, -59, -100, -7300, -86_400, 3 * 86_400].map(from),
    ["now", "now", "2 minutes ago", "2 hours ago", "yesterday", "in 3 days"]);
  assert.equal(formatDistance("2026-11-23T09:55:00Z", "zh", now), "5分钟前");
  assert.equal(formatDistance("nonsense", "en", now), "–");
  assert.match(formatDay("2026-11-23T10:00:00Z", "en"), /2026/);
  assert.equal(formatDay("nonsense", "en"), "–");
});

test("a downloaded picture is named by its prompt and seed", () => {
  const picture = (prompt) => ({ id: "01k-0", settings: { prompt, seed: 7 } });
  assert.equal(fileName(picture("A red apple!")), "airbox-a-red-apple-7.png");
  assert.equal(fileName(picture("../../etc")), "airbox-etc-7.png");
  assert.equal(fileName(picture("红苹果")), "airbox-红苹果-7.png");
  assert.equal(fileName({ id: "01k-0" }), "airbox-01k-0.png");
});

test("a command for the shell keeps quotes from ending the text", () => {
  assert.equal(quoted("it's"), "'it'\\''s'");
  assert.equal(
    asCurl("http://box:8999", { prompt: "it's", preview: true }),
    "curl -s http://box:8999/api/v1/jobs -H 'Content-Type: application/json' -d '{\"prompt\":\"it'\\''s\"}'",
  );
});

test("a command brings a key where guests are not let in", () => {
  assert.match(asCurl("http://box", { prompt: "a" }, { key: true }), / -H "Authorization: Bearer \$AIRBOX_KEY" /);
  assert.doesNotMatch(asCurl("http://box", { prompt: "a" }), /Authorization/);
});

test("a command does not carry the bytes of a starting picture", () => {
  assert.ok(!asCurl("http://box", { prompt: "a", image: "AAAA".repeat(999) }).includes("AAAA"));
});

test("suggestions come from the pack's words, each once", () => {
  const vocabulary = { subjects: ["apple", "cat", "taxi"], colours: ["red"] };
  const found = suggest(vocabulary, 9, () => 0);
  assert.deepEqual(found, ["a red apple", "a red cat", "a red taxi"]);
  assert.deepEqual(suggest(vocabulary, 1, () => 0.6), ["a cat"]);
  assert.equal(suggest(null, 4).length, 4);
});
