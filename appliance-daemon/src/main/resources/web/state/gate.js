import { createStore } from "./store.js";

/** Refusals that another identity or another line may lift. */
const LIFTABLE = new Set(["UNAUTHENTICATED", "FORBIDDEN", "INVALID_KEY", "NOT_CLAIMED", "TLS_REQUIRED"]);

/** @param {{code?: string}} problem */
export const isRefusal = ({ code }) => LIFTABLE.has(code ?? "");

/**
 * Asks who somebody is, when that matters: one dialog for the whole page.
 *
 * @param {{session: {refresh: () => Promise<void>}}} options
 */
export function createGate({ session }) {
  const store = createStore({
    dialog: /** @type {"claim" | "signIn" | null} */ (null),
    /** why it was asked for */
    problem: /** @type {import("../api/problem.js").Problem | null} */ (null),
  });
  /** @type {((passed: boolean) => void)[]} */
  let waiting = [];

  function ask(dialog, problem = null) {
    store.set({ dialog, problem });
    return new Promise((answer) => waiting.push(answer));
  }

  function close(passed) {
    const answers = waiting;
    waiting = [];
    store.set({ dialog: null, problem: null });
    for (const answer of answers) answer(passed);
  }

  return {
    ...store,
    signIn: () => ask("signIn"),
    claim: () => ask("claim"),
    passed: () => close(true),
    dismiss: () => close(false),
    /**
     * Does something; if the box wants to know first who asks, asks that and does it then.
     *
     * @template T
     * @param {() => Promise<T>} attempt
     * @returns {Promise<T>} rejects with the first refusal when the dialog is put away
     */
    async pass(attempt) {
      try {
        return await attempt();
      } catch (problem) {
        if (!isRefusal(problem)) throw problem;
        await session.refresh().catch(() => {});
        if (!(await ask(problem.code === "NOT_CLAIMED" ? "claim" : "signIn", problem))) throw problem;
        return await attempt();
      }
    },
  };
}
