import { confirmAt, confirmer } from "./network-confirm.js";
import { createStore } from "./store.js";

const KEY = "airbox.network-change";
const SECOND = 1000;

/** The box answers first and begins two seconds later; DHCP and a bond take some more. */
const HOLD_OFF = 4 * SECOND;
const PAUSE = 2 * SECOND;

/** How often the box is asked to look around, which takes it some seconds. */
const CHECKS = 10 * SECOND;

/** How long after its window one asks what became of a change. */
const AFTERWARDS = 90 * SECOND;

const ENDS = new Set(["confirmed", "rolled_back", "rollback_failed"]);

/** Whether nothing more happens to a change. @param {{state: string}} transaction */
export const hasEnded = ({ state }) => ENDS.has(state);

/**
 * A change of the box's network under way, seen from a page that may lose sight of the box: counts down, asks how far
 * it is, and keeps the change by reaching the box under one of its announced addresses. The box's own timer decides;
 * this one is for show.
 *
 * @param {object} options
 * @param {{networkTransaction: () => Promise<{transaction: object | null}>, networkCheck: () => Promise<object>, revertNetwork: (id: string) => Promise<{transaction: object}>}} options.api
 * @param {string} options.origin the page's own
 * @param {{getItem: Function, setItem: Function, removeItem: Function} | undefined} options.storage of this window
 * @param {(transaction: object) => void} options.onEnd
 * @param {typeof confirmer} [options.elsewhere] asks under announced addresses
 * @param {typeof confirmAt} [options.here] asks where the page is
 * @param {() => number} [options.now]
 * @param {(task: () => void, pause: number) => unknown} [options.every]
 * @param {(timer: unknown) => void} [options.stop]
 */
export function createNetworkChange({
  api, origin, storage, onEnd,
  elsewhere = confirmer, here = confirmAt, now = Date.now, every = setInterval, stop = clearInterval,
}) {
  const store = createStore({
    /** @type {object | null} */
    transaction: null,
    /** what a confirmation shows; null when another window began the change */
    token: /** @type {string | null} */ (null),
    /** keep it as soon as the box is reached under an announced address */
    auto: true,
    /** seconds until the box goes back */
    left: 0,
    /** where the box was asked, and what came back: `silent`, `early`, `refused` */
    tried: /** @type {Record<string, string>} */ ({}),
    /** what works with the new settings, as the box finds; null until it was asked, or cannot be */
    check: /** @type {object | null} */ (null),
  });
  let timer = null;
  let other = /** @type {ReturnType<typeof confirmer> | null} */ (null);
  let began = 0;
  let until = 0;
  let asked = 0;
  let checked = 0;
  let asking = false;

  function follow(transaction, { token = null, auto = false }) {
    began = now();
    until = began + transaction.left_seconds * SECOND;
    asked = 0;
    checked = 0;
    store.set({ transaction, token, auto, left: transaction.left_seconds, tried: {}, check: null });
    end();
    // now, while the box still answers here
    if (token) other = elsewhere(transaction.id);
    timer = every(tick, SECOND);
  }

  function take(transaction) {
    if (!transaction || transaction.id !== store.get().transaction?.id) return;
    store.set({ transaction });
    if (!hasEnded(transaction)) return;
    forget();
    onEnd(transaction);
  }

  function end() {
    if (timer !== null) stop(timer);
    timer = null;
    other?.close();
    other = null;
  }

  function forget() {
    end();
    storage?.removeItem(KEY);
  }

  function tick() {
    const left = Math.max(0, Math.ceil((until - now()) / SECOND));
    if (left !== store.get().left) store.set({ left });
    if (now() > until + AFTERWARDS) {
      forget();
      return;
    }
    if (asking || now() - asked < PAUSE) return;
    asking = true;
    asked = now();
    look().finally(() => (asking = false));
  }

  async function look() {
    const { transaction, token, auto } = store.get();
    const tasks = [api.networkTransaction().then(({ transaction: present }) => take(present), () => {})];
    if (transaction.state === "awaiting_confirm" && now() - checked >= CHECKS) {
      checked = now();
      // nothing waits for it
      api.networkCheck().then((check) => store.set({ check }), () => {});
    }
    if (token && auto && now() - began >= HOLD_OFF && now() < until) tasks.push(reach(transaction.urls));
    await Promise.all(tasks);
  }

  /** Asks the box under these addresses to keep the change. */
  async function reach(urls) {
    const { transaction, token } = store.get();
    const confirmation = { transaction: transaction.id, token };
    const answers = await Promise.all(urls.map((url) => (other && !url.startsWith(`${origin}/`) ? other.ask : here)(url, confirmation)));
    const tried = Object.fromEntries(urls.map((url, index) => [url, answers[index].outcome]));
    store.set({ tried: { ...store.get().tried, ...tried } });
    for (const { kept } of answers) take(kept);
    return answers.some(({ kept }) => kept);
  }

  return {
    ...store,
    /**
     * @param {{transaction: object, token: string}} announced
     * @param {{auto: boolean}} options
     */
    begin({ transaction, token }, { auto }) {
      storage?.setItem(KEY, JSON.stringify({ id: transaction.id, token, auto }));
      follow(transaction, { token, auto });
    },
    /** Goes on with what the box tells of, after the page was loaded anew. @param {object | null} transaction */
    resume(transaction) {
      if (timer !== null || !transaction || hasEnded(transaction)) return;
      const kept = parse(storage?.getItem(KEY));
      follow(transaction, kept?.id === transaction.id ? kept : {});
    },
    /** Keeps it, from here or under any announced address; resolves with whether that worked. */
    keep: () => reach([...new Set([`${origin}/`, ...store.get().transaction.urls])]),
    /** Takes it back now. */
    async revert() {
      take((await api.revertNetwork(store.get().transaction.id)).transaction);
    },
    /** Forgets what has ended. */
    dismiss: () => store.set({ transaction: null, token: null }),
  };
}

/** The address below another of the box's that keeps the change there; what is behind # stays in the browser. */
export const keepLink = (url, { id }, token) => new URL(`#/keep/${id}/${token}`, url).href;

function parse(text) {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}
