import { createStore } from "./store.js";

/** Milliseconds between two looks; the box reads its own files no more often. */
const PACE = 2000;

/**
 * The TPU and the memory of packs, kept up with while somebody looks: not while another tab of the page is open, and not
 * while the page itself is hidden.
 *
 * @param {object} options
 * @param {{tpu: () => Promise<object>, steerPack: (name: string, wish: object) => Promise<object>}} options.api
 * @param {Pick<Document, "visibilityState" | "addEventListener" | "removeEventListener">} options.document
 * @param {(problem: import("../api/problem.js").Problem) => void} options.onProblem
 */
export function createMemory({ api, document, onProblem }) {
  const store = createStore({ value: /** @type {object | null} */ (null), problem: /** @type {object | null} */ (null) });
  let watched = false;
  let timer = 0;
  /** Which look counts: a later one, or what was just done, outdates those under way. */
  let latest = 0;

  const isSeen = () => watched && document.visibilityState === "visible";

  function take(state) {
    latest += 1;
    clearTimeout(timer);
    store.set(state);
    if (isSeen()) timer = setTimeout(look, PACE);
  }

  async function look() {
    clearTimeout(timer);
    latest += 1;
    const mine = latest;
    try {
      const value = await api.tpu();
      if (mine === latest) take({ value, problem: null });
    } catch (problem) {
      if (mine !== latest) return;
      take({ problem });
      onProblem(problem);
    }
  }

  function follow() {
    if (isSeen()) {
      look();
    } else {
      latest += 1;
      clearTimeout(timer);
    }
  }

  return {
    ...store,
    reload: look,
    /** Begins to look; returns its own undoing. */
    watch() {
      watched = true;
      document.addEventListener("visibilitychange", follow);
      follow();
      return () => {
        watched = false;
        document.removeEventListener("visibilitychange", follow);
        follow();
      };
    },
    /**
     * Loads, unloads, pins or unpins a pack.
     *
     * @param {string} name
     * @param {{loaded?: boolean, pinned?: boolean}} wish
     */
    async steer(name, wish) {
      take({ value: await api.steerPack(name, wish), problem: null });
    },
  };
}
