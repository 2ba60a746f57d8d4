import { createStore } from "./store.js";
import { isActive } from "./jobs.js";

/**
 * What the stage shows: `{job}`, `{pictures, job}` or `{}` when there is nothing yet.
 *
 * A pinned job or picture stays. Otherwise it is the job at the head of the queue, else what this page finished last,
 * else the newest picture.
 *
 * @param {object} state
 * @param {{job?: string, picture?: string} | null} state.pinned
 * @param {object[]} state.jobs
 * @param {string[]} state.mine
 * @param {string[]} state.dismissed
 * @param {object[]} state.pictures visible pictures, newest first
 * @param {ReadonlySet<string>} state.hidden
 */
export function stageContent({ pinned, jobs: all, mine, dismissed, pictures, hidden }) {
  const jobs = all.filter(({ id }) => !dismissed.includes(id));
  if (pinned?.picture) {
    const picture = pictures.find(({ id }) => id === pinned.picture);
    if (picture) return { pictures: [picture] };
  }
  if (pinned?.job) {
    const content = contentOf(jobs.find(({ id }) => id === pinned.job), pictures, hidden);
    if (content) return content;
  }
  const active = jobs.filter(isActive).sort((a, b) => (a.created < b.created ? -1 : 1));
  const head = active.find(({ status }) => status === "running") ?? active[0];
  if (head) return { job: head };
  const ended = jobs.filter(({ id }) => mine.includes(id)).sort((a, b) => (endOf(a) < endOf(b) ? 1 : -1))[0];
  const newer = pictures[0] && ended && pictures[0].job !== ended.id && pictures[0].created > endOf(ended);
  const content = newer ? null : contentOf(ended, pictures, hidden);
  if (content) return content;
  return pictures[0] ? { pictures: [pictures[0]] } : {};
}

function contentOf(job, pictures, hidden) {
  if (!job) return null;
  if (job.status !== "completed") return { job };
  const made = picturesOf(job)
    .filter(({ id }) => !hidden.has(id))
    .map((made) => {
      const stored = pictures.find(({ id }) => id === made.id) ?? made;
      // what was changed before the job began is known to the job, what happened to a picture to the picture
      return { ...stored, warnings: [...new Set([...made.warnings, ...(stored.warnings ?? [])])] };
    });
  return made.length > 0 ? { job, pictures: made } : null;
}

const endOf = (job) => job.finished ?? job.created;

/**
 * A job's pictures in the gallery's shape, as far as the job knows.
 *
 * @param {object} job
 */
export function picturesOf(job) {
  return (job.pictures ?? []).map((picture) => ({
    ...picture,
    job: job.id,
    created: job.finished ?? job.created,
    settings: { ...job.settings, seed: picture.seed, width: picture.width, height: picture.height, count: 1 },
    warnings: job.warnings ?? [],
  }));
}

/** Which job or picture the stage is held on. */
export function createStage() {
  const store = createStore({ pinned: /** @type {{job?: string, picture?: string} | null} */ (null) });
  return {
    ...store,
    showJob: (job) => store.set({ pinned: { job } }),
    showPicture: (picture) => store.set({ pinned: { picture } }),
    follow: () => store.set({ pinned: null }),
  };
}
