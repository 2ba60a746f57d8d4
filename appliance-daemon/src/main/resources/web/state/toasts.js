import { createStore } from "./store.js";

/**
 * @typedef {object} Toast
 * @property {number} id
 * @property {string} text
 * @property {"info" | "error"} kind
 * @property {{label: string, run: () => void} | undefined} action
 */

/** Short messages that go by themselves. */
export function createToasts() {
  const store = createStore({ toasts: /** @type {Toast[]} */ ([]) });
  let last = 0;

  function dismiss(id) {
    store.set(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
  }

  return {
    ...store,
    dismiss,
    /**
     * @param {string} text
     * @param {{kind?: "info" | "error", milliseconds?: number, action?: {label: string, run: () => void}}} [options]
     * @returns {number} id for `dismiss`
     */
    show(text, { kind = "info", milliseconds = 5000, action } = {}) {
      const id = ++last;
      store.set(({ toasts }) => ({ toasts: [...toasts.slice(-3), { id, text, kind, action }] }));
      setTimeout(() => dismiss(id), milliseconds);
      return id;
    },
  };
}
