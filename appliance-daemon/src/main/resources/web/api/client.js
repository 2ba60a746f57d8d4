import { Problem } from "./problem.js";
import { followJob } from "./events.js";

const PATIENCE = 15_000;

/**
 * The daemon's native API (docs/api.md). Every call resolves with the parsed body or rejects with a `Problem`.
 *
 * @param {typeof fetch} [fetcher]
 */
export function createClient(fetcher = (...request) => fetch(...request)) {
  /**
   * @param {string} method
   * @param {string} path
   * @param {RequestInit & {json?: unknown}} [options]
   */
  async function call(method, path, { json, ...options } = {}) {
    let response;
    try {
      response = await fetcher(`/api/v1/${path}`, {
        method,
        signal: AbortSignal.timeout(PATIENCE),
        ...(json === undefined ? {} : { body: JSON.stringify(json), headers: { "Content-Type": "application/json" } }),
        ...options,
      });
    } catch (cause) {
      throw new Problem({ code: "NO_ANSWER", detail: cause.message });
    }
    const body = await readJson(response);
    if (response.ok) return body;
    const retryAfter = Number(response.headers.get("Retry-After"));
    throw new Problem({ title: response.statusText, ...body, status: response.status }, retryAfter || null);
  }

  const path = (...parts) => parts.map(encodeURIComponent).join("/");

  return {
    status: () => call("GET", "status"),
    packs: () => call("GET", "packs"),
    samplers: () => call("GET", "samplers"),
    /** @param {object} request */
    submit: (request) => call("POST", "jobs", { json: request }),
    jobs: async () => (await call("GET", "jobs")).jobs,
    job: (id) => call("GET", path("jobs", id)),
    cancel: (id) => call("POST", path("jobs", id, "cancel")),
    events: (id, listener) => followJob(`/api/v1/${path("jobs", id, "events")}`, listener),
    /** @param {{limit: number, before?: string}} page */
    pictures: async ({ limit, before }) => {
      const query = new URLSearchParams({ limit: String(limit), ...(before ? { before } : {}) });
      return (await call("GET", `pictures?${query}`)).pictures;
    },
    picture: (id) => call("GET", path("pictures", id)),
    /** @param {{keepalive?: boolean}} [options] keepalive: also while the page goes away */
    deletePicture: (id, options) => call("DELETE", path("pictures", id), options),
    /** The request written in a PNG; rejects with 4xx when there is none. @param {Blob} png */
    readPicture: (png) =>
      call("POST", "pictures/read", { body: png, headers: { "Content-Type": "image/png" } }),
  };
}

async function readJson(response) {
  try {
    return (await response.json()) ?? {};
  } catch {
    return {};
  }
}
