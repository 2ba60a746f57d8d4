/** Characters of a console that are kept to be looked at. */
const MOST = 64 * 1024;

/** Colours, cursor movements and the like, which a page does not obey; and what is no text. */
const SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])/g;
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * Joins what came from a console to what is shown already.
 *
 * @param {{start: number, text: string}} shown
 * @param {{offset: number, text: string}} piece may overlap, after the line to the box broke
 * @returns {{start: number, text: string}}
 */
export function joined(shown, { offset, text }) {
  const end = shown.start + shown.text.length;
  if (offset > end || offset < shown.start) return { start: offset, text };
  const whole = shown.text.slice(0, offset - shown.start) + text;
  const dropped = Math.max(0, whole.length - MOST);
  return { start: shown.start + dropped, text: whole.slice(dropped) };
}

/** The same as lines to be read. @param {string} text */
export const readable = (text) => text.replace(SEQUENCES, "").replace(/\r+\n?/g, "\n").replace(CONTROLS, "").replace(/\n{2,}/g, "\n");

/**
 * The writes of a flash by partition, in their order; with how far each partition is.
 *
 * @param {{partition: string, state: string}[]} writes
 * @param {{partition: string, done: number, wrong: boolean}[]} partitions
 */
export function mapOf(writes, partitions) {
  const rows = new Map();
  for (const write of writes) {
    const row = rows.get(write.partition) ?? { partition: write.partition, writes: [], done: 0, wrong: false };
    row.writes.push(write);
    rows.set(write.partition, row);
  }
  for (const { partition, done, wrong } of partitions) {
    if (rows.has(partition)) Object.assign(rows.get(partition), { done, wrong });
  }
  return [...rows.values()];
}

/** How a verdict is to be taken: `good`, `bad`, `open`. @param {string} verdict */
export function mood(verdict) {
  if (verdict === "VERIFIED" || verdict === "BOOTED") return "good";
  return verdict === "FAILED" || verdict === "INCOMPLETE" || verdict === "NOT_STARTED" ? "bad" : "open";
}
