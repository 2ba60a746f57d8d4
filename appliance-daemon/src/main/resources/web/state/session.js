import { createStore } from "./store.js";

/** From the least to the most. */
export const ROLES = ["guest", "user", "operator", "owner"];

/** The longest that a timer waits. */
const LONGEST = 2 ** 31 - 1;

/**
 * @param {{role: string}} session
 * @param {string} role
 */
export const atLeast = (session, role) => ROLES.indexOf(session.role) >= ROLES.indexOf(role);

/** Whether this person may make pictures: everybody, unless the owner has shut guests out. */
export const mayMake = (session) => session.guests || atLeast(session, "user");

/** Whether passphrases and keys may travel on this line. */
export const isSecure = ({ channel }) => channel !== "lan";

/**
 * Who this browser is to the box, as `GET /api/v1/session` tells it.
 *
 * @typedef {object} Session
 * @property {boolean} known whether the box has answered yet
 * @property {boolean} claimed
 * @property {string} role
 * @property {string} actor
 * @property {{id: string, name: string} | null} key
 * @property {boolean} guests may guests make pictures
 * @property {string} channel `tls`, `loopback` or `lan`
 * @property {string | null} expires
 * @property {string | null} https the same box over TLS
 * @property {{sha256: string, public_key_sha256: string} | null} certificate
 */

/**
 * @param {object} options
 * @param {object} options.api
 * @param {() => void} options.onChange another actor, or the same one with other rights
 * @param {() => void} options.onEnd the session ended without being asked to
 */
export function createSession({ api, onChange, onEnd }) {
  /** @type {Session} */
  const initial = {
    known: false, claimed: true, role: "guest", actor: "", key: null, guests: true, channel: "tls", expires: null,
    https: null, certificate: null,
  };
  const store = createStore(initial);
  let timer = 0;

  function take(body, { asked }) {
    const before = store.get();
    store.set({ ...body, known: true });
    const after = store.get();
    clearTimeout(timer);
    const left = Date.parse(after.expires ?? "") - Date.now();
    if (left > 0) timer = setTimeout(() => refresh().catch(() => {}), Math.min(left + 1000, LONGEST));
    if (!before.known) return;
    if (before.actor !== after.actor || before.role !== after.role || mayMake(before) !== mayMake(after)) onChange();
    if (!asked && before.role !== "guest" && after.role === "guest") onEnd();
  }

  async function refresh({ asked = false } = {}) {
    take(await api.session(), { asked });
  }

  return {
    ...store,
    refresh,
    /** @param {{code: string, passphrase: string}} claim */
    async claim(claim) {
      take(await api.claim(claim), { asked: true });
    },
    /** @param {string} secret the owner's passphrase or an API key */
    async signIn(secret) {
      const key = secret.trim();
      take(await api.signIn(key.startsWith("abx_") ? { key } : { passphrase: secret }), { asked: true });
    },
    async signOut() {
      await api.signOut();
      await refresh({ asked: true });
    },
  };
}
