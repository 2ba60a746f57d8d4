/** What the Telemetry tab makes of readings and curves; pure, so that Node tests it. */

/** How far back curves go, in seconds. */
export const RANGES = { hour: 3600, day: 86_400, week: 604_800, month: 2_592_000 };

/** Parts of a curve: as many as a chart has room for. */
export const PARTS = 240;

const MOST_TEMPERATURES = 4;
const MOST_RAILS = 3;

/** Sensors of the same place by another way are in the table. */
const isOwn = (id) => !id.includes(".controller-");

const of = (readings, prefix, most) =>
  Object.keys(readings).filter((id) => id.startsWith(prefix) && isOwn(id)).sort(byImportance).slice(0, most);

const FIRST = ["temperature.soc", "temperature.board", "power.input"];
const rank = (id) => (FIRST.indexOf(id) + FIRST.length + 1) % (FIRST.length + 1);

function byImportance(one, other) {
  return rank(one) - rank(other) || (one < other ? -1 : 1);
}

/**
 * The charts of a machine: each with its unit and the readings that it draws.
 *
 * @param {Record<string, {unit: string}>} readings
 * @returns {{id: string, unit: string, ids: string[]}[]}
 */
export function chartsOf(readings) {
  return [
    { id: "temperature", unit: "celsius", ids: of(readings, "temperature.", MOST_TEMPERATURES) },
    { id: "power", unit: "watts", ids: of(readings, "power.", MOST_RAILS) },
    { id: "use", unit: "ratio", ids: ["tpu.use", "cpu.use", "fan.duty"].filter((id) => id in readings) },
  ].filter(({ ids }) => ids.length > 0);
}

/**
 * What is shown large: the value, and which share of its scale it is when it has one.
 *
 * @param {{readings: Record<string, object>, trips: {zone: string, kind: string, celsius: number}[]}} telemetry
 */
export function gaugesOf({ readings, trips }) {
  const ids = [
    ...of(readings, "temperature.", 2), ...of(readings, "power.", 1),
    ...["throttle.level", "tpu.use", "cpu.use", "fan.duty", "memory.available"].filter((id) => id in readings),
  ];
  return ids.map((id) => ({ id, reading: readings[id], share: shareOf(id, readings, trips) }));
}

function shareOf(id, readings, trips) {
  const { value, unit } = readings[id];
  if (value === null) return null;
  if (unit === "ratio") return bounded(value);
  if (unit === "celsius") {
    const end = trips.filter(({ zone, kind }) => `temperature.${zone}` === id && kind === "critical").map(({ celsius }) => celsius);
    return end.length > 0 ? bounded(value / Math.min(...end)) : null;
  }
  const size = id === "memory.available" && readings["memory.size"]?.value;
  return size ? bounded(value / size) : null;
}

const bounded = (share) => Math.min(1, Math.max(0, share));

/**
 * A value for people, with its unit.
 *
 * @param {number | null} value
 * @param {string} unit
 * @param {string} language
 * @returns {string | null} null for one that nobody knows
 */
export function formatReading(value, unit, language) {
  if (value === null || value === undefined) return null;
  const number = (digits) => value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  switch (unit) {
    case "celsius": return `${number(1)} °C`;
    case "watts": return `${number(1)} W`;
    case "volts": return `${number(2)} V`;
    case "amperes": return `${number(2)} A`;
    case "joules": return `${number(0)} J`;
    case "rpm": return `${number(0)} rpm`;
    case "ratio": return `${Math.round(value * 100)} %`;
    case "hertz": return scaled(value, 1000, ["Hz", "kHz", "MHz", "GHz"]);
    case "bytes": return scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB"]);
    case "bytes_per_second": return scaled(value, 1024, ["B/s", "KiB/s", "MiB/s", "GiB/s"]);
    case "seconds": return clock(value);
    default: return number(Number.isInteger(value) ? 0 : 2);
  }
}

function scaled(value, step, units) {
  let rest = value;
  let unit = 0;
  while (rest >= step && unit < units.length - 1) {
    rest /= step;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(rest) : rest.toPrecision(3)} ${units[unit]}`;
}

function clock(seconds) {
  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  const days = Math.floor(seconds / 86_400);
  return `${days > 0 ? `${days} d ` : ""}${two((seconds % 86_400) / 3600)}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}`;
}

/**
 * Curves as columns, as the chart library wants them: times in seconds, then mean, least and most of each reading, with
 * holes where there are no values.
 *
 * @param {{part_seconds: number, series: Record<string, {parts: number[][]}>}} trend
 * @param {string[]} ids
 */
export function columnsOf({ part_seconds: part, series }, ids) {
  const rows = new Map();
  ids.forEach((id, index) => {
    for (const [begin, least, mean, most] of series[id]?.parts ?? []) {
      const row = rows.get(begin) ?? Array(3 * ids.length).fill(null);
      [mean, least, most].forEach((value, at) => { row[3 * index + at] = value; });
      rows.set(begin, row);
    }
  });
  const columns = Array.from({ length: 1 + 3 * ids.length }, () => []);
  const add = (time, row) => [time, ...row].forEach((value, at) => columns[at].push(value));
  let last = null;
  for (const begin of [...rows.keys()].sort((one, other) => one - other)) {
    const middle = begin / 1000 + part / 2;
    if (last !== null && middle - last > 1.5 * part) add(last + part, Array(3 * ids.length).fill(null));
    add(middle, rows.get(begin));
    last = middle;
  }
  return columns;
}

/**
 * A curve in four figures: what it was last, least, most, and on average over the parts with values.
 *
 * @param {{parts: number[][]} | undefined} curve
 */
export function summaryOf(curve) {
  const parts = curve?.parts ?? [];
  if (parts.length === 0) return null;
  return {
    least: Math.min(...parts.map(([, least]) => least)),
    mean: parts.reduce((sum, [, , mean]) => sum + mean, 0) / parts.length,
    most: Math.max(...parts.map(([, , , most]) => most)),
    last: parts.at(-1)[2],
  };
}
