const LENGTH = 8;
/** Crockford's base 32: no I, L, O and U; the first three are read as the digits they are taken for. */
const LOOKALIKES = { O: "0", I: "1", L: "1" };

/**
 * A claim code as it stands on the console, from whatever was typed or pasted: `k7m2 9qxo` becomes `K7M2-9QX0`.
 *
 * @param {string} text
 */
export function formatCode(text) {
  const symbols = [...text.toUpperCase()]
    .map((symbol) => LOOKALIKES[symbol] ?? symbol)
    .filter((symbol) => /[0-9A-TV-Z]/.test(symbol))
    .slice(0, LENGTH)
    .join("");
  return symbols.length > LENGTH / 2 ? `${symbols.slice(0, LENGTH / 2)}-${symbols.slice(LENGTH / 2)}` : symbols;
}
