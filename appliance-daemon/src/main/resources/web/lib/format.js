/** @param {number} bytes */
export function formatBytes(bytes) {
  if (!Number.isFinite(bytes)) return "–";
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toPrecision(2)} ${units[unit]}`;
}

/**
 * A span of time in a person's precision: `0.8 s`, `12 s`, `3 min`, `2 h 5 min`.
 *
 * @param {number} seconds
 * @param {(key: string, values?: object) => string} t
 */
export function formatDuration(seconds, t) {
  if (!Number.isFinite(seconds) || seconds < 0) return "–";
  if (seconds < 10) return t("unit.seconds", { n: seconds.toFixed(1) });
  if (seconds < 90) return t("unit.seconds", { n: Math.round(seconds) });
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return t("unit.minutes", { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return t("unit.hours", { n: hours, m: minutes % 60 });
  return t("unit.days", { n: Math.floor(hours / 24), h: hours % 24 });
}

/**
 * @param {string} iso
 * @param {string} language
 */
export function formatTime(iso, language) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "–";
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(date);
}

/** A day, where the hour does not matter. @param {string} iso @param {string} language */
export function formatDay(iso, language) {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? "–" : new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(date);
}

const UNITS = [["day", 86_400], ["hour", 3600], ["minute", 60]];

/**
 * A time as its distance from now: `5 minutes ago`, `in 3 days`.
 *
 * @param {string} iso
 * @param {string} language
 * @param {number} [now] milliseconds
 */
export function formatDistance(iso, language, now = Date.now()) {
  const seconds = (Date.parse(iso) - now) / 1000;
  if (Number.isNaN(seconds)) return "–";
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  // below a minute the exact number is noise
  return unit === "second" ? format.format(0, "second") : format.format(Math.round(seconds / size), unit);
}

/** A name for a downloaded picture that says what is on it. @param {{id: string, settings?: {prompt?: string, seed?: number}}} picture */
export function fileName({ id, settings }) {
  const words = (settings?.prompt ?? "")
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]+/gu, "-")
    .slice(0, 40)
    .replace(/^-+|-+$/g, "");
  return `airbox-${words ? `${words}-` : ""}${settings?.seed ?? id}.png`;
}
