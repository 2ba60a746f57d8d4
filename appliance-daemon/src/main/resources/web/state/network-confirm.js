const SECOND = 1000;
const PATIENCE = 5 * SECOND;

/** What is to be kept, and with which right. @typedef {{transaction: string, token: string}} Confirmation */

/** @typedef {{outcome: "kept" | "early" | "refused" | "silent", kept?: object, code?: string}} Answer */

/**
 * Asks the box under other addresses to keep a change, from a worker: the page itself may ask nobody but where it came
 * from, and the worker's script comes with leave for the addresses that are announced when it is loaded.
 *
 * @param {string} id of the change; a worker of another one has other leave
 * @param {(url: URL, options: object) => Worker} [start]
 * @returns {{ask: (url: string, confirmation: Confirmation) => Promise<Answer>, close: () => void}}
 */
export function confirmer(id, start = (url, options) => new Worker(url, options)) {
  const script = new URL("network-confirm-worker.js", import.meta.url);
  script.search = id;
  const worker = start(script, { type: "module" });
  const waiting = new Map();
  let count = 0;
  worker.onmessage = ({ data: { number, answer } }) => waiting.get(number)?.(answer);
  return {
    async ask(url, confirmation) {
      const number = (count += 1);
      let timer = 0;
      const answer = await new Promise((done) => {
        waiting.set(number, done);
        worker.postMessage({ number, url, confirmation });
        // its script may not have come before the box was gone
        timer = setTimeout(() => done({ outcome: "silent" }), PATIENCE + SECOND);
      });
      clearTimeout(timer);
      waiting.delete(number);
      return answer;
    },
    close: () => worker.terminate(),
  };
}

/**
 * Asks the box under one address to keep a change. A browser sends this to another origin without asking leave first:
 * it is text and carries no cookie.
 *
 * @param {Confirmation} confirmation
 * @returns {Promise<Answer>}
 */
export async function confirmAt(base, { transaction, token }, fetcher = fetch) {
  try {
    const response = await fetcher(new URL("api/v1/network/confirm", base), {
      method: "POST",
      mode: "cors",
      credentials: "omit",
      redirect: "error",
      cache: "no-store",
      body: JSON.stringify({ transaction, token }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    const body = await response.json();
    if (response.ok) return { outcome: "kept", kept: body.transaction };
    return { outcome: body.code === "NOT_WAITING" ? "early" : "refused", code: body.code };
  } catch {
    return { outcome: "silent" };
  }
}
