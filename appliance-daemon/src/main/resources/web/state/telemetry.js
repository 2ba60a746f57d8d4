import { chartsOf, PARTS, RANGES } from "../lib/telemetry.js";
import { createFollower } from "./follower.js";
import { createStore } from "./store.js";

/** Between two looks at curves, by how far back they go: a part of theirs at least. */
const TREND_PACE = { hour: 10_000, day: 60_000, week: 300_000, month: 600_000 };

/**
 * What the sensors tell and told, kept up with while somebody sees it.
 *
 * @param {object} options
 * @param {{telemetry: () => Promise<object>, telemetryHistory: (wish: object) => Promise<object>}} options.api
 * @param {Pick<Document, "visibilityState" | "addEventListener" | "removeEventListener">} options.document
 * @param {(problem: import("../api/problem.js").Problem) => void} options.onProblem
 * @param {() => number} [options.now] milliseconds
 */
export function createTelemetry({ api, document, onProblem, now = () => Date.now() }) {
  const store = createStore({
    value: /** @type {object | null} */ (null),
    problem: /** @type {object | null} */ (null),
    trend: /** @type {object | null} */ (null),
    range: "hour",
  });
  let trendAt = -Infinity;

  const follower = createFollower({
    document,
    async look(counts) {
      try {
        const value = await api.telemetry();
        if (!counts()) return;
        const { range } = store.get();
        const due = now() - trendAt >= TREND_PACE[range];
        const ids = chartsOf(value.readings).flatMap((chart) => chart.ids);
        const trend = due && ids.length > 0 ? await api.telemetryHistory({ ids, seconds: RANGES[range], parts: PARTS }) : store.get().trend;
        if (!counts()) return;
        if (due) trendAt = now();
        store.set({ value, trend, problem: null });
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
    /** Shows another range. @param {keyof typeof RANGES} range */
    show(range) {
      trendAt = -Infinity;
      store.set({ range });
      follower.lookNow();
    },
  };
}
