/**
 * A value that tells its listeners when it changes.
 *
 * @template T
 * @typedef {object} Store
 * @property {() => T} get
 * @property {(patch: Partial<T> | ((state: T) => Partial<T>)) => void} set merges a patch; listeners run only if something changed
 * @property {(listener: () => void) => () => void} subscribe returns its own undoing
 */

/**
 * @template {object} T
 * @param {T} initial
 * @returns {Store<T>}
 */
export function createStore(initial) {
  let state = initial;
  const listeners = new Set();
  return {
    get: () => state,
    set(patch) {
      const changes = typeof patch === "function" ? patch(state) : patch;
      if (Object.keys(changes).every((key) => Object.is(state[key], changes[key]))) return;
      state = { ...state, ...changes };
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
