import { createStore } from "./store.js";

const STREAMS = 2;
const POLL = 1_000;

/** @param {{status: string}} job */
export const isActive = (job) => job.status === "queued" || job.status === "running";

/**
 * The jobs of this box as the page sees them, newest first.
 *
 * A browser opens few connections to one host, so only the first jobs of the queue have an event stream of their
 * own; the others change seldom and are read from the list.
 *
 * @param {object} options
 * @param {object} options.api
 * @param {(job: object) => void} options.onEnd a job that was seen active has ended
 * @param {() => void} options.onSilence the daemon did not answer
 */
export function createJobs({ api, onEnd, onSilence }) {
  const store = createStore({
    jobs: /** @type {object[]} */ ([]),
    /** latest preview per job: `data:` URL and picture index */
    previews: /** @type {Record<string, {picture: number, url: string}>} */ ({}),
    /** ids asked for by this page since it was loaded */
    mine: /** @type {string[]} */ ([]),
    /** ids of ended jobs that were put away */
    dismissed: /** @type {string[]} */ ([]),
  });
  /** @type {Map<string, () => void>} */
  const streams = new Map();
  let poll = 0;
  /** counts those who looked; a list that was asked for by a former one is dropped */
  let era = 0;

  function put(job, { fresh = false } = {}) {
    const known = store.get().jobs.find(({ id }) => id === job.id);
    if (known && !isActive(known) && isActive(job)) return; // a late reply, overtaken by an event
    const jobs = known
      ? store.get().jobs.map((other) => (other.id === job.id ? job : other))
      : [job, ...store.get().jobs];
    store.set({ jobs });
    if (!isActive(job)) {
      stop(job.id);
      if (known ? isActive(known) : fresh) {
        store.set(({ previews: { [job.id]: _, ...previews } }) => ({ previews }));
        onEnd(job);
      }
    }
    retarget();
  }

  function stop(id) {
    streams.get(id)?.();
    streams.delete(id);
  }

  /** Streams for the head of the queue, polling for the rest. */
  function retarget() {
    const active = store.get().jobs.filter(isActive).sort((a, b) => (a.created < b.created ? -1 : 1));
    const head = active.slice(0, STREAMS);
    for (const id of [...streams.keys()]) if (!head.some((job) => job.id === id)) stop(id);
    for (const { id } of head) {
      if (streams.has(id)) continue;
      streams.set(id, api.events(id, {
        onJob: put,
        onPreview: ({ picture, png }) =>
          store.set(({ previews }) => ({
            previews: { ...previews, [id]: { picture, url: `data:image/png;base64,${png}` } },
          })),
        onClosed: () => void settle(id),
      }));
    }
    clearTimeout(poll);
    if (active.length > head.length) poll = setTimeout(() => void refresh().catch(onSilence), POLL);
  }

  /** A stream ended for good: either the job has ended, or the daemon has and the job with it. */
  async function settle(id) {
    stop(id);
    try {
      put(await api.job(id));
    } catch (problem) {
      if (problem.status === 404 || problem.status === 410) lose(id);
      else onSilence();
    }
  }

  function lose(id) {
    const job = store.get().jobs.find((other) => other.id === id);
    if (job && isActive(job)) put({ ...job, status: "failed", error: { code: "LOST", message: "" } });
  }

  async function refresh() {
    const asked = era;
    const listed = await api.jobs();
    if (asked !== era) return;
    const ids = new Set(listed.map(({ id }) => id));
    for (const job of store.get().jobs) if (!ids.has(job.id)) lose(job.id);
    for (const job of [...listed].reverse()) put(job);
  }

  return {
    ...store,
    refresh,
    /** @returns {Promise<object>} the job; rejects with the daemon's problem */
    async submit(request) {
      const job = await api.submit(request);
      store.set(({ mine }) => ({ mine: [...mine, job.id] }));
      put(job, { fresh: true });
      return job;
    },
    async cancel(id) {
      try {
        put(await api.cancel(id));
      } catch (problem) {
        if (problem.status !== 409) throw problem;
        put(await api.job(id)); // it was faster
      }
    },
    /** Somebody else looks: nothing of this is theirs. */
    forget() {
      era += 1;
      clearTimeout(poll);
      for (const id of [...streams.keys()]) stop(id);
      store.set({ jobs: [], previews: {}, mine: [], dismissed: [] });
    },
    dismiss: (id) => store.set(({ dismissed }) => ({ dismissed: [...dismissed, id] })),
  };
}
