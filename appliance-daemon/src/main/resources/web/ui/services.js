import { createContext, useContext, useLayoutEffect, useReducer } from "./html.js";
import { translator } from "../i18n/index.js";

/** The stores and actions of main.js, for every component. */
export const Services = createContext(null);

export const useServices = () => useContext(Services);

/**
 * A store's state; the component is drawn again when it changes.
 *
 * @template T
 * @param {import("../state/store.js").Store<T>} store
 * @returns {T}
 */
export function useStore(store) {
  const [, redraw] = useReducer((count) => count + 1, 0);
  useLayoutEffect(() => store.subscribe(redraw), [store]);
  return store.get();
}

/** The page's language and its translator. */
export function useText() {
  const { language } = useStore(useServices().preferences);
  return { language, t: translator(language) };
}
