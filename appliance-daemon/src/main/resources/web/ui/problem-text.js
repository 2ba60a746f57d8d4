import { formatDuration } from "../lib/format.js";

/**
 * A problem in the reader's words. The daemon's own sentence is kept where it says more than the code does.
 *
 * @param {{code?: string, message?: string, status?: number, retryAfter?: number | null}} problem
 * @param {(key: string, values?: object) => string} t
 */
export function problemText({ code = "", message = "", retryAfter = null }, t) {
  const key = `problem.${code}`;
  const known = t(key, { seconds: retryAfter ?? "?", time: retryAfter === null ? "?" : formatDuration(retryAfter, t) });
  if (known === key) return message || t("problem.unknown");
  return message && WITH_DETAIL.has(code) ? `${known} ${message}` : known;
}

const WITH_DETAIL = new Set([
  "INVALID_REQUEST", "UNKNOWN_PACK", "INVALID_PACK", "OUT_OF_MEMORY", "ENGINE_FAULT", "WORKER_LOST", "DEVICE_HUNG",
  "UNAUTHENTICATED", "FORBIDDEN", "KEY_LIMIT", "HELPER_UNAVAILABLE", "HELPER_FAILED", "STORAGE_FAULT",
]);
