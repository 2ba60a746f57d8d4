import { createFollower } from "./follower.js";
import { createStore } from "./store.js";

/**
 * The TPU and the memory of packs, kept up with while somebody sees them.
 *
 * @param {object} options
 * @param {{tpu: () => Promise<object>, steerPack: (name: string, wish: object) => Promise<object>}} options.api
 * @param {Pick<Document, "visibilityState" | "addEventListener" | "removeEventListener">} options.document
 * @param {(problem: import("../api/problem.js").Problem) => void} options.onProblem
 */
export function createMemory({ api, document, onProblem }) {
  const store = createStore({ value: /** @type {object | null} */ (null), problem: /** @type {object | null} */ (null) });
  const follower = createFollower({
    document,
    async look(counts) {
      try {
        const value = await api.tpu();
        if (counts()) store.set({ value, problem: null });
      } catch (problem) {
        if (!counts()) return;
        store.set({ problem });
        onProblem(problem);
      }
    },
  });

  return {
    ...store,
    reload: follower.lookNow,
    watch: follower.watch,
    /**
     * Loads, unloads, pins or unpins a pack.
     *
     * @param {string} name
     * @param {{loaded?: boolean, pinned?: boolean}} wish
     */
    async steer(name, wish) {
      const value = await api.steerPack(name, wish);
      follower.outdate();
      store.set({ value, problem: null });
    },
  };
}
