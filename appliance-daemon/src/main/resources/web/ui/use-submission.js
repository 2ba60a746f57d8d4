import { useEffect, useReducer, useState } from "./html.js";
import { useServices } from "./services.js";

/**
 * @typedef {object} Submission
 * @property {boolean} busy
 * @property {import("../api/problem.js").Problem | null} problem why the last try was refused
 * @property {number} wait seconds until the box listens again
 * @property {() => Promise<void>} submit
 * @property {(field: string) => void} touched a field was changed: what was wrong with it may be right now
 */

/**
 * A form's way to the box: busy while it runs, then done, refused or made to wait.
 *
 * @param {() => Promise<unknown>} run rejects with a `Problem`
 * @returns {Submission}
 */
export function useSubmission(run) {
  const { connection } = useServices();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const [until, setUntil] = useState(0);
  const [tick, redraw] = useReducer((count) => count + 1, 0);
  const wait = Math.max(0, Math.ceil((until - Date.now()) / 1000));

  useEffect(() => {
    if (until === 0) return undefined;
    const timer = setTimeout(() => {
      if (Date.now() < until) {
        redraw();
      } else {
        setUntil(0);
        setProblem(null);
      }
    }, Math.min(1000, Math.max(0, until - Date.now())));
    return () => clearTimeout(timer);
  }, [until, tick]);

  return {
    busy,
    problem,
    wait,
    async submit() {
      if (busy || wait > 0) return;
      setBusy(true);
      setProblem(null);
      try {
        await run();
      } catch (refused) {
        if (refused.status === 0) connection.suspect();
        if (refused.status === 429 && refused.retryAfter) setUntil(Date.now() + refused.retryAfter * 1000);
        setProblem(refused);
      } finally {
        setBusy(false);
      }
    },
    touched(field) {
      if (wait === 0 && problem && (!problem.field || problem.field === field)) setProblem(null);
    },
  };
}
