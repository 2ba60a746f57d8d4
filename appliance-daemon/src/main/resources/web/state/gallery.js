import { createStore } from "./store.js";

const PAGE = 40;

/**
 * The pictures of this box, newest first, loaded as one scrolls. A deleted picture vanishes at once and is deleted
 * on the box when its time for undoing is over.
 *
 * @param {object} options
 * @param {object} options.api
 * @param {number} [options.grace] milliseconds to undo a deletion
 */
export function createGallery({ api, grace = 6000 }) {
  const store = createStore({
    pictures: /** @type {object[]} */ ([]),
    /** whether the first page has come */
    loaded: false,
    loading: false,
    complete: false,
    failed: false,
    /** ids that are gone for the eye */
    hidden: /** @type {ReadonlySet<string>} */ (new Set()),
  });
  /** @type {Map<string, number>} */
  const pending = new Map();
  /** counts those who looked; a page that was asked for by a former one is dropped */
  let era = 0;

  function merge(pictures) {
    const byId = new Map([...store.get().pictures, ...pictures].map((picture) => [picture.id, picture]));
    store.set({ pictures: [...byId.values()].sort(newestFirst) });
  }

  async function load(before) {
    const asked = era;
    store.set({ loading: true, failed: false });
    try {
      const pictures = await api.pictures({ limit: PAGE, before });
      if (asked !== era) return;
      merge(pictures);
      if (before || !store.get().loaded) store.set({ complete: pictures.length < PAGE });
      store.set({ loaded: true });
    } catch (problem) {
      if (asked !== era) return;
      store.set({ failed: true });
      throw problem;
    } finally {
      if (asked === era) store.set({ loading: false });
    }
  }

  function unhide(id) {
    clearTimeout(pending.get(id));
    pending.delete(id);
    store.set(({ hidden }) => ({ hidden: new Set([...hidden].filter((other) => other !== id)) }));
  }

  async function erase(id, options) {
    clearTimeout(pending.get(id));
    pending.delete(id);
    try {
      await api.deletePicture(id, options);
    } catch (problem) {
      if (problem.status !== 404) {
        unhide(id);
        throw problem;
      }
    }
    store.set(({ pictures }) => ({ pictures: pictures.filter((picture) => picture.id !== id) }));
  }

  return {
    ...store,
    /** The newest page; pictures already here stay. */
    refresh: () => load(undefined),
    /** The next older page. */
    async more() {
      const { loading, complete, failed, pictures } = store.get();
      if (!loading && !complete && !failed) await load(pictures.at(-1)?.id);
    },
    /** Tries again after a failure. */
    retry: () => load(store.get().pictures.at(-1)?.id),
    /** Takes what a job has finished, before the gallery is read again. */
    add: merge,
    visible: () => store.get().pictures.filter(({ id }) => !store.get().hidden.has(id)),
    /**
     * @param {string} id
     * @param {(problem: Error) => void} onFailure
     */
    remove(id, onFailure) {
      store.set(({ hidden }) => ({ hidden: new Set([...hidden, id]) }));
      pending.set(id, setTimeout(() => erase(id).catch(onFailure), grace));
    },
    undo: unhide,
    /** Somebody else looks: nothing of this is theirs. */
    forget() {
      era += 1;
      store.set({ pictures: [], loaded: false, loading: false, complete: false, failed: false });
    },
    /** The page goes away: delete now what waits. */
    flush() {
      for (const id of [...pending.keys()]) erase(id, { keepalive: true }).catch(() => {});
    },
  };
}

function newestFirst(a, b) {
  if (a.created !== b.created) return a.created < b.created ? 1 : -1;
  return a.id < b.id ? 1 : -1;
}
