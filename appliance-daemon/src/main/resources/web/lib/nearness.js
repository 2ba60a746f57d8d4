/** Words that say how, not what: no prompt is far because of them. */
const PLAIN = new Set(
  ("a an and are as at be big by cute for from full funny happy has have her his i in into is it its large like little lots made many me my near new nice"
    + " of old on one or our out over please sad scene show six small some that the their there this three tiny to two four five up very view with"
    + " draw drawing drawn icon illustration image make paint painting photo photograph picture render rendering sketch background style").split(" "),
);
const LETTERS = /\p{Letter}+/gu;
const MOST_WORDS = 3;
const MOST_SUGGESTIONS = 3;

/**
 * Whether nothing in a prompt is known to a model, and what it knows that is written alike. One known thing is enough:
 * what else is said may still help. A word that is being typed counts as what it may become.
 *
 * @param {string} prompt
 * @param {{words?: string[], subjects?: string[], colours?: string[]} | undefined} vocabulary
 * @returns {{unknown: string[], alike: string[]} | null} null when the prompt is near enough, says nothing yet, or the
 *   pack does not list its words
 */
export function farFrom(prompt, vocabulary) {
  const words = vocabulary?.words ?? [];
  if (words.length === 0) return null;
  const known = new Set(words);
  const colours = new Set(vocabulary.colours ?? []);
  const said = (prompt.toLowerCase().match(LETTERS) ?? []).filter((word) => word.length > 1 && !PLAIN.has(word) && !colours.has(word));
  if (said.length === 0 || said.some((word) => singulars(word).some((form) => known.has(form)))) return null;
  const last = said.at(-1);
  if (prompt.toLowerCase().endsWith(last) && words.some((word) => word.startsWith(last))) return null;
  const unknown = [...new Set(said)].slice(0, MOST_WORDS);
  return { unknown, alike: alike(unknown, vocabulary.subjects ?? []) };
}

function singulars(word) {
  const forms = [word];
  if (word.endsWith("ies")) forms.push(`${word.slice(0, -3)}y`);
  if (word.endsWith("ves")) forms.push(`${word.slice(0, -3)}f`, `${word.slice(0, -3)}fe`);
  if (word.endsWith("es")) forms.push(word.slice(0, -2));
  if (word.endsWith("s")) forms.push(word.slice(0, -1));
  return forms;
}

function alike(unknown, subjects) {
  const found = new Map();
  for (const subject of subjects) {
    for (const word of unknown) {
      const far = distance(word, subject.toLowerCase());
      if (far <= Math.max(1, Math.floor(word.length / 4))) found.set(subject, Math.min(far, found.get(subject) ?? Infinity));
    }
  }
  return [...found.entries()].sort((one, other) => one[1] - other[1]).slice(0, MOST_SUGGESTIONS).map(([subject]) => subject);
}

/** Edits from one word to the other: letters added, left out, exchanged, or two neighbours swapped (Damerau, 1964). */
function distance(one, other) {
  const rows = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= one.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= other.length; j++) {
      const exchanged = one[i - 1] === other[j - 1] ? 0 : 1;
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + exchanged);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
  }
  return rows[one.length][other.length];
}
