import { chartsOf, PARTS, RANGES } from "../lib/telemetry.js";
import { createStore } from "./store.js";

/** Milliseconds between two looks at the readings; the box looks no more often either. */
const PACE = 2000;

/** Between two looks at curves, by how far back they go: a part of theirs at least. */
const TREND_PACE = { hour: 10_000, day: 60_000, week: 300_000, month: 600_000 };

/**
 * What the sensors tell and told, kept up with while somebody looks: not while another tab of the page is open, and not
 * while the page itself is hidden.
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
  let watched = false;
  let timer = 0;
  let trendAt = -Infinity;
  /** Which look counts: a later one outdates those under way. */
  let latest = 0;

  const isSeen = () => watched && document.visibilityState === "visible";

  async function look() {
    clearTimeout(timer);
    latest += 1;
    const mine = latest;
    try {
      const value = await api.telemetry();
      if (mine !== latest) return;
      const { range } = store.get();
      const due = now() - trendAt >= TREND_PACE[range];
      const ids = chartsOf(value.readings).flatMap((chart) => chart.ids);
      const trend = due && ids.length > 0 ? await api.telemetryHistory({ ids, seconds: RANGES[range], parts: PARTS }) : store.get().trend;
      if (mine !== latest) return;
      if (due) trendAt = now();
      store.set({ value, trend, problem: null });
    } catch (problem) {
      if (mine !== latest) return;
      store.set({ problem });
      onProblem(problem);
    }
    if (isSeen()) timer = setTimeout(look, PACE);
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
    /** Shows another range. @param {keyof typeof RANGES} range */
    show(range) {
      trendAt = -Infinity;
      store.set({ range });
      look();
    },
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
  };
}
