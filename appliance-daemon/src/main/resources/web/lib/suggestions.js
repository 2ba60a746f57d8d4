/** Shown when a pack does not say what it knows. */
const EXAMPLES = ["a red apple", "a sleeping cat", "a yellow taxi", "a rocket in the night sky", "a bowl of ramen"];

/**
 * Prompts to try, from what a pack says it knows.
 *
 * @param {{subjects?: string[], colours?: string[], styles?: string[]} | undefined} vocabulary
 * @param {number} count
 * @param {() => number} [random] as `Math.random`
 * @returns {string[]} without repetition
 */
export function suggest(vocabulary, count, random = Math.random) {
  const subjects = vocabulary?.subjects ?? [];
  if (subjects.length === 0) return EXAMPLES.slice(0, count);
  const colours = vocabulary?.colours ?? [];
  const pool = [...subjects];
  const found = [];
  while (found.length < count && pool.length > 0) {
    const [subject] = pool.splice(Math.floor(random() * pool.length), 1);
    const colour = colours.length > 0 && random() < 0.5 ? colours[Math.floor(random() * colours.length)] : "";
    found.push(one([colour, subject].filter(Boolean).join(" ")));
  }
  return found;
}

/** A thing with its article. */
export function one(thing) {
  return `${/^[aeiou]/i.test(thing) ? "an" : "a"} ${thing}`;
}
