import { joined } from "../lib/flash.js";
import { createStore } from "./store.js";

const NOTHING = { start: 0, text: "" };

/**
 * The flash of another box, followed while somebody looks.
 *
 * @param {object} options
 * @param {{flash: () => Promise<object>, watchFlash: (wish: object) => Promise<object>, stopFlash: () => Promise<unknown>, flashEvents: (listener: object) => () => void}} options.api
 * @param {(problem: import("../api/problem.js").Problem) => void} options.onProblem
 */
export function createFlash({ api, onProblem }) {
  const store = createStore({
    /** ports, packages, reports */
    value: /** @type {object | null} */ (null),
    problem: /** @type {object | null} */ (null),
    /** the watch that goes on or was the last */
    watch: /** @type {object | null} */ (null),
    console: NOTHING,
  });
  let seen = false;
  let leave = /** @type {(() => void) | null} */ (null);

  async function reload() {
    try {
      const value = await api.flash();
      store.set({ value, problem: null, watch: value.watch });
      if (value.watch && !value.watch.ended) follow();
    } catch (problem) {
      store.set({ problem });
      onProblem(problem);
    }
  }

  function follow() {
    if (!seen || leave) return;
    leave = api.flashEvents({
      onWatch(watch) {
        store.set({ watch });
        if (!watch.ended) return;
        end();
        reload();
      },
      onProgress: ({ progress, partitions }) => store.set({ watch: { ...store.get().watch, progress, partitions } }),
      onConsole: (piece) => store.set({ console: joined(store.get().console, piece) }),
    });
  }

  function end() {
    leave?.();
    leave = null;
  }

  return {
    ...store,
    reload,
    /** @param {{port: string, package?: string, until?: string}} wish */
    async start(wish) {
      const watch = await api.watchFlash(wish);
      end();
      store.set({ watch, console: NOTHING });
      follow();
    },
    stop: () => api.stopFlash(),
    /** Keeps up with it until what this returns is called. */
    look() {
      seen = true;
      reload();
      return () => {
        seen = false;
        end();
      };
    },
  };
}
