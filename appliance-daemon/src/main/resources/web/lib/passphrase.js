import { Problem } from "../api/problem.js";

/** What the daemon asks for at least. */
export const SHORTEST = 10;

const WORD_BITS = 13;
const WORD_LENGTH = 8;
const FAIR = 35;
const STRONG = 48;

/**
 * How hard a passphrase is to guess, roughly: a word counts as one of some thousand, repetition and sequences count
 * for nothing. A hint for the one who types it; the daemon asks for length only.
 *
 * @param {string} passphrase
 * @returns {"short" | "weak" | "fair" | "strong"}
 */
export function passphraseStrength(passphrase) {
  if ([...passphrase].length < SHORTEST) return "short";
  const runs = passphrase.match(/\p{Script=Han}+|[^\P{L}\p{Script=Han}]+|\p{N}+|[^\p{L}\p{N}]+/gu) ?? [];
  const bits = [...new Set(runs)].reduce((sum, run) => sum + bitsOf(run), 0);
  if (bits < FAIR) return "weak";
  return bits < STRONG ? "fair" : "strong";
}

/** What the daemon cannot know: whether both were typed alike. @throws {Problem} */
export function requireAgreement({ passphrase, repeat }) {
  if (passphrase !== repeat) throw new Problem({ status: 400, code: "PASSPHRASES_DIFFER", field: "repeat" });
}

function bitsOf(run) {
  const length = surprises(run);
  if (/^\p{Script=Han}/u.test(run)) return length * 9;
  if (/^\p{N}/u.test(run)) return length * Math.log2(10);
  if (!/^\p{L}/u.test(run)) return length * 5;
  const letters = /\p{Lu}/u.test(run) && /\p{Ll}/u.test(run) ? 52 : 26;
  return Math.min(length * Math.log2(letters), WORD_BITS + 2 * Math.max(0, length - WORD_LENGTH));
}

/** Characters that do not follow from the one before: `aaaa` and `1234` have one. */
function surprises(run) {
  const codes = [...run].map((character) => character.codePointAt(0));
  return codes.filter((code, i) => i === 0 || Math.abs(code - codes[i - 1]) > 1).length;
}
