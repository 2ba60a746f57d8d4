import assert from "node:assert/strict";
import { test } from "node:test";
import { farFrom } from "../../main/resources/web/lib/nearness.js";

const vocabulary = {
  subjects: ["apple", "dog", "rocket", "strawberry", "wolf"],
  words: ["apple", "astronaut", "dog", "fruit", "puppy", "rocket", "strawberry", "wolf"],
  colours: ["red", "blue"],
};

test("a prompt with one known thing is near enough", () => {
  for (const prompt of ["a red apple", "Apple!", "two dogs", "three strawberries", "wolves at night", "an accountant with a dog"]) {
    assert.equal(farFrom(prompt, vocabulary), null, prompt);
  }
});

test("a prompt without anything known says what was not understood", () => {
  assert.deepEqual(farFrom("the gross domestic product of France", vocabulary), { unknown: ["gross", "domestic", "product"], alike: [] });
  assert.deepEqual(farFrom("a blue zeitgeist", vocabulary), { unknown: ["zeitgeist"], alike: [] });
});

test("a slip of the pen is answered with what was meant", () => {
  assert.deepEqual(farFrom("a rokcet in space", vocabulary).alike, ["rocket"]);
  assert.deepEqual(farFrom("a stawberry.", vocabulary).alike, ["strawberry"]);
  assert.deepEqual(farFrom("a dgo ", vocabulary).alike, ["dog"]);
});

test("a word that is being typed is given time", () => {
  assert.equal(farFrom("a stra", vocabulary), null);
  assert.deepEqual(farFrom("a stra ", vocabulary).unknown, ["stra"]);
});

test("nothing is said about nothing, nor for a pack that does not list its words", () => {
  assert.equal(farFrom("", vocabulary), null);
  assert.equal(farFrom("a red picture", vocabulary), null);
  assert.equal(farFrom("a zeitgeist", undefined), null);
  assert.equal(farFrom("a zeitgeist", { subjects: ["dog"] }), null);
});

test("a long prompt is looked at in no time", () => {
  const long = { ...vocabulary, subjects: Array.from({ length: 3000 }, (_, n) => `subject number ${n}`) };
  assert.ok(farFrom("zeitgeist ".repeat(1000), long));
});
