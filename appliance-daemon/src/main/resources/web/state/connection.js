import { createStore } from "./store.js";

const CALM = 10_000;
const ANXIOUS = 1_500;

/**
 * Knows whether the daemon answers, by asking for its status; tells when it is back.
 *
 * @param {object} options
 * @param {{status: () => Promise<object>}} options.api
 * @param {() => void} options.onBack called when the daemon answers after it did not
 */
export function createConnection({ api, onBack }) {
  const store = createStore({ online: true, status: /** @type {object | null} */ (null) });
  let timer = 0;

  async function check() {
    clearTimeout(timer);
    try {
      const status = await api.status();
      const wasOnline = store.get().online;
      store.set({ online: true, status });
      if (!wasOnline) onBack();
    } catch (problem) {
      // a status in the 4xx or 5xx range is an answer too: only silence means "gone"
      store.set({ online: (problem.status ?? 0) > 0 });
    }
    timer = setTimeout(check, store.get().online ? CALM : ANXIOUS);
  }

  return {
    ...store,
    start: check,
    /** Another request got no answer: look at once. */
    suspect: () => void check(),
  };
}
