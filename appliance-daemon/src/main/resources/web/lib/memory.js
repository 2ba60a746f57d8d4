/** What the heaps of a TPU are called; packs on the CPU lie in `ram`. */
const DEVICE_HEAPS = new Set(["npu", "vpp", "vpu"]);

const FIGURES = ["total_bytes", "used_bytes", "ours_bytes", "others_bytes", "free_bytes"];

/** Colours that packs have in bars, see style/engine.css. */
const TINTS = 5;

/**
 * A size in the units of the box's own sentences and of its command line: `40.2 MiB`, `2.40 GiB`.
 *
 * @param {number} bytes
 */
export function formatMemory(bytes) {
  if (bytes >= 2 ** 30) return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
  if (bytes >= 2 ** 20) return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return bytes >= 1024 ? `${Math.round(bytes / 1024)} KiB` : `${bytes} B`;
}

/**
 * Heaps that limit and head-room bound together: those of the TPU, and this machine's memory.
 *
 * @param {{heaps: object[]}} tpu
 * @returns {{id: "device" | "ram", heaps: object[], sum: object | null}[]} sum: all of them as one heap, null for a single one
 */
export function heapGroups({ heaps }) {
  return [
    { id: "device", heaps: heaps.filter(({ heap }) => DEVICE_HEAPS.has(heap)) },
    { id: "ram", heaps: heaps.filter(({ heap }) => !DEVICE_HEAPS.has(heap)) },
  ].filter((group) => group.heaps.length > 0)
    .map((group) => ({ ...group, sum: group.heaps.length > 1 ? sumOf(group.heaps) : null }));
}

/** A sum with a part that nobody tells is untold. */
function sumOf(heaps) {
  const sum = (figure) => heaps.reduce((all, heap) => (all === null || heap[figure] === null ? null : all + heap[figure]), 0);
  return { heap: "all", ...Object.fromEntries(FIGURES.map((figure) => [figure, sum(figure)])), peak_bytes: null, ours_peak_bytes: null };
}

/**
 * What a heap's bar is made of, from left to right. What several packs share is nobody's alone.
 *
 * @param {object} heap one of `heaps`, or the sum of several
 * @param {object[]} packs the loaded ones
 * @param {Set<string>} [within] names of the heaps that it is the sum of
 * @returns {{kind: "pack" | "shared" | "others" | "free", name: string, bytes: number, share: number}[]} shares of the whole;
 *   empty when its size is unknown
 */
export function segmentsOf(heap, packs, within = new Set([heap.heap])) {
  if (!heap.total_bytes) return [];
  const own = packs.map((pack) => ({ kind: "pack", name: pack.name, bytes: ownBytes(pack, within) }));
  const shared = (heap.ours_bytes ?? 0) - own.reduce((sum, { bytes }) => sum + bytes, 0);
  const parts = [
    ...own,
    { kind: "shared", name: "", bytes: shared },
    // without a worker's books all that is used is others'
    { kind: "others", name: "", bytes: heap.others_bytes ?? (heap.ours_bytes === null ? heap.used_bytes : 0) ?? 0 },
    { kind: "free", name: "", bytes: heap.free_bytes ?? 0 },
  ];
  return parts.filter(({ bytes }) => bytes > 0).map((part) => ({ ...part, share: part.bytes / heap.total_bytes }));
}

/** What a pack holds in these heaps for itself alone. */
function ownBytes(pack, heaps) {
  return pack.networks
    .filter(({ shared }) => !shared)
    .flatMap(({ buffers }) => buffers)
    .reduce((sum, { heap, bytes }) => (heaps.has(heap) ? sum + bytes : sum), 0);
}

/**
 * How far packs may go in a heap, or in several together, as shares of it.
 *
 * @param {{limit_bytes: number | null, headroom_bytes: number | null}} tpu
 * @param {{total_bytes: number | null}} heap
 * @returns {{limit: number | null, headroom: number | null}} null for a bound that is unknown, without effect, or off the bar
 */
export function boundsOf({ limit_bytes: limit, headroom_bytes: headroom }, { total_bytes: total }) {
  const share = (bytes) => (total && bytes && bytes < total ? bytes / total : null);
  return { limit: share(limit), headroom: share(headroom) };
}

/**
 * The packs that are loaded or could be, by name, so that none moves while one reaches for its buttons.
 *
 * @param {object[]} loaded packs of the memory's report
 * @param {object[]} installed packs of the catalogue
 * @returns {{name: string, title: string, version: string, tint: number, memory: object | null}[]} tint: its colour in bars;
 *   memory: what it holds, null when it is not loaded
 */
export function shelf(loaded, installed) {
  const names = [...new Set([...loaded, ...installed].map(({ name }) => name))].sort();
  return names.map((name, index) => {
    const memory = loaded.find((pack) => pack.name === name) ?? null;
    const pack = installed.find((each) => each.name === name);
    return { name, title: pack?.title ?? name, version: (memory ?? pack).version, tint: index % TINTS, memory };
  });
}

/** The largest figure of all packs, against which theirs are drawn. @param {object[]} loaded */
export const largestOf = (loaded) =>
  Math.max(1, ...loaded.flatMap(({ bytes, declared_bytes: declared, measured_bytes: measured }) => [bytes, declared, measured ?? 0]));

/**
 * What a buffer is for: a word of the engines, or a tensor's name after one (`input sample`).
 *
 * @param {string} purpose
 * @param {(key: string, values?: object) => string} t
 */
export function purposeText(purpose, t) {
  const [word, ...name] = purpose.split(" ");
  const key = `buffer.${word}`;
  const text = t(key, { name: name.join(" ") });
  return text === key ? purpose : text;
}
