import { Problem } from "./problem.js";
import { followFlash, followJob } from "./events.js";

/** For a model that comes into memory, which takes minutes when it is a large one. */
const LOADING_PATIENCE = 600_000;

const PATIENCE = 15_000;

/** For what runs programs on the box, or asks others whether they answer. */
const LONG_PATIENCE = 60_000;

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
        // the one redirect is to TLS, and it is for people: another origin's certificate may be unknown to the browser
        redirect: "manual",
        ...(json === undefined ? {} : { body: JSON.stringify(json), headers: { "Content-Type": "application/json" } }),
        ...options,
      });
    } catch (cause) {
      throw new Problem({ code: "NO_ANSWER", detail: cause.message });
    }
    if (response.type === "opaqueredirect") throw new Problem({ status: 307, code: "TLS_REQUIRED" });
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

    /** The TPU and the memory of packs. */
    tpu: () => call("GET", "tpu"),
    /** @param {string} pack @param {{loaded?: boolean, pinned?: boolean}} wish */
    steerPack: (pack, wish) => call("PUT", path("tpu", "packs", pack), { json: wish, signal: AbortSignal.timeout(LOADING_PATIENCE) }),

    /** The update under way, and what became of earlier ones. */
    updates: () => call("GET", "updates"),
    /** @param {{address: string, let_go?: string}} wish */
    installModel: (wish) => call("POST", "updates", { json: wish, signal: AbortSignal.timeout(LONG_PATIENCE) }),
    cancelUpdate: () => call("DELETE", "updates/current", { signal: AbortSignal.timeout(LONG_PATIENCE) }),
    models: async () => (await call("GET", "models")).packs,
    /** @param {string} name */
    rollBackModel: (name) => call("POST", path("models", name, "rollback"), { signal: AbortSignal.timeout(LONG_PATIENCE) }),
    /** @param {string} name */
    removeModel: (name) => call("DELETE", path("models", name), { signal: AbortSignal.timeout(LONG_PATIENCE) }),
    authorities: async () => (await call("GET", "authorities")).authorities,

    /** What the sensors tell, what heat allows, what energy was used. */
    telemetry: () => call("GET", "telemetry"),
    /** @param {{ids: string[], seconds: number, parts: number}} wish */
    telemetryHistory: ({ ids, seconds, parts }) =>
      call("GET", `telemetry/history?${new URLSearchParams({ ids: ids.join(","), seconds: String(seconds), parts: String(parts) })}`),

    session: () => call("GET", "session"),
    /** @param {{code: string, passphrase: string}} claim */
    claim: (claim) => call("POST", "claim", { json: claim }),
    /** @param {{passphrase: string} | {key: string}} credential */
    signIn: (credential) => call("POST", "session", { json: credential }),
    signOut: () => call("DELETE", "session"),
    /** @param {{current: string, passphrase: string}} change */
    changePassphrase: (change) => call("PUT", "passphrase", { json: change }),
    /** @param {boolean} guests may guests make pictures */
    setGuests: (guests) => call("PUT", "access", { json: { guests } }),
    keys: async () => (await call("GET", "keys")).keys,
    /** @param {{name: string, role: string, expires?: string, pictures_per_day?: number, concurrent_jobs?: number}} key */
    addKey: (key) => call("POST", "keys", { json: key }),
    revokeKey: (id) => call("DELETE", path("keys", id)),
    /** @param {{limit: number, before?: number}} page */
    audit: async ({ limit, before }) => {
      const query = new URLSearchParams({ limit: String(limit), ...(before === undefined ? {} : { before: String(before) }) });
      return (await call("GET", `audit?${query}`)).entries;
    },
    certificate: () => call("GET", "certificate"),
    /** @param {{chain: string, key: string}} files PEM */
    installCertificate: (files) => call("PUT", "certificate", { json: files }),
    resetCertificate: () => call("DELETE", "certificate"),
    system: () => call("GET", "system"),
    /** @param {{hostname: string, dry_run?: boolean}} change */
    setHostname: (change) => call("PUT", "system/hostname", { json: change }),
    /** @param {{time: string, dry_run?: boolean}} change */
    setTime: (change) => call("PUT", "system/time", { json: change }),
    /** @param {{dry_run?: boolean}} [change] */
    reboot: (change = {}) => call("POST", "system/reboot", { json: change }),
    mirror: () => call("GET", "system/mirror"),
    /** @param {{mirror?: string, previous?: boolean, dry_run?: boolean, force?: boolean}} change */
    setMirror: (change) => call("PUT", "system/mirror", { json: change, signal: AbortSignal.timeout(LONG_PATIENCE) }),
    ntp: () => call("GET", "system/ntp"),
    /** @param {{servers?: string[], previous?: boolean, dry_run?: boolean, force?: boolean}} change */
    setNtp: (change) => call("PUT", "system/ntp", { json: change, signal: AbortSignal.timeout(LONG_PATIENCE) }),

    flash: () => call("GET", "flash"),
    /** @param {{port: string, package?: string, until?: string}} wish */
    watchFlash: (wish) => call("POST", "flash/watch", { json: wish, signal: AbortSignal.timeout(LONG_PATIENCE) }),
    stopFlash: () => call("DELETE", "flash/watch"),
    flashEvents: (listener) => followFlash("/api/v1/flash/watch/events", listener),
    /** @param {string | Blob} transcript @param {string} [name] the package's */
    analyzeFlash: (transcript, name) => call("POST", `flash/analyze${name ? `?${new URLSearchParams({ package: name })}` : ""}`, {
      body: transcript, headers: { "Content-Type": "text/plain" }, signal: AbortSignal.timeout(LONG_PATIENCE),
    }),

    network: () => call("GET", "network"),
    networkPresets: async () => (await call("GET", "network/presets")).presets,
    /** @param {{settings: object} | {preset: string, fields: object} | {undo: string}} wish */
    planNetwork: (wish) => call("POST", "network/plan", { json: wish, signal: AbortSignal.timeout(LONG_PATIENCE) }),
    /** @param {{plan: string, window: number, force?: boolean}} change */
    applyNetwork: (change) => call("POST", "network/apply", { json: change, signal: AbortSignal.timeout(LONG_PATIENCE) }),
    /** @param {string} transaction */
    revertNetwork: (transaction) => call("POST", "network/revert", { json: { transaction } }),
    networkCheck: () => call("GET", "network/check"),
    networkTransaction: () => call("GET", "network/transaction"),
    networkHistory: async () => (await call("GET", "network/history")).entries,
  };
}

async function readJson(response) {
  try {
    return (await response.json()) ?? {};
  } catch {
    return {};
  }
}
