import { createFollower } from "./follower.js";
import { createStore } from "./store.js";

/**
 * The installed models, whose signatures count, and the update under way, kept up with while somebody sees them.
 *
 * @param {object} options
 * @param {{updates: () => Promise<object>, models: () => Promise<object[]>, authorities: () => Promise<object[]>, installModel: (wish: object) => Promise<object>, cancelUpdate: () => Promise<unknown>, rollBackModel: (name: string) => Promise<unknown>, removeModel: (name: string) => Promise<unknown>}} options.api
 * @param {Pick<Document, "visibilityState" | "addEventListener" | "removeEventListener">} options.document
 * @param {(problem: import("../api/problem.js").Problem) => void} options.onProblem
 */
export function createModels({ api, document, onProblem }) {
  const store = createStore({ value: /** @type {object | null} */ (null), problem: /** @type {object | null} */ (null) });
  const follower = createFollower({
    document,
    async look(counts) {
      try {
        const [updates, packs, authorities] = await Promise.all([api.updates(), api.models(), api.authorities()]);
        if (counts()) store.set({ value: { ...updates, packs, authorities }, problem: null });
      } catch (problem) {
        if (!counts()) return;
        store.set({ problem });
        onProblem(problem);
      }
    },
  });
  const thenLook = async (done) => {
    const result = await done;
    await follower.lookNow();
    return result;
  };

  return {
    ...store,
    reload: follower.lookNow,
    watch: follower.watch,
    /** @param {{address: string, let_go?: string}} wish */
    install: (wish) => thenLook(api.installModel(wish)),
    cancel: () => thenLook(api.cancelUpdate()),
    /** @param {string} name */
    rollBack: (name) => thenLook(api.rollBackModel(name)),
    /** @param {string} name */
    remove: (name) => thenLook(api.removeModel(name)),
  };
}
