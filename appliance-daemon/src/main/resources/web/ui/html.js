/* What components need of Preact, and its templates. */
import htm from "../vendor/htm.module.js";
import { h } from "../vendor/preact.js";

export const html = htm.bind(h);
export { createContext, Fragment, render } from "../vendor/preact.js";
export {
  useContext, useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState,
} from "../vendor/preact-hooks.module.js";
