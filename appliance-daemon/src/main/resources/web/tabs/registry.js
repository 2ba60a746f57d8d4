import { GalleryTab } from "./gallery.js";
import { GenerateTab } from "./generate.js";
import { SystemTab } from "./system.js";

/**
 * The page's tabs, in order; the first is where one lands. To add one, write its module in this folder and name it
 * here; its label is the text `tab.<id>`.
 *
 * @type {{id: string, component: Function}[]}
 */
export const TABS = [
  { id: "generate", component: GenerateTab },
  { id: "gallery", component: GalleryTab },
  { id: "system", component: SystemTab },
];
