import { useEffect, useState } from "./html.js";

/**
 * Something of the box that a part of the page shows.
 *
 * @template T
 * @param {() => Promise<T>} load
 * @returns {{value: T | null, problem: import("../api/problem.js").Problem | null, reload: () => Promise<void>}}
 *   `value` stays while it is read again
 */
export function useLoaded(load) {
  const [state, setState] = useState({ value: null, problem: null });
  const reload = async () => {
    setState(({ value }) => ({ value, problem: null }));
    try {
      setState({ value: await load(), problem: null });
    } catch (problem) {
      setState(({ value }) => ({ value, problem }));
    }
  };
  useEffect(() => void reload(), []);
  return { ...state, reload };
}
