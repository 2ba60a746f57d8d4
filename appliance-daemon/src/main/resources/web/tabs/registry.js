import { GalleryTab } from "./gallery.js";
import { GenerateTab } from "./generate.js";
import { SystemTab } from "./system.js";
import { lazy } from "../ui/lazy.js";

/** What only owners and operators need. */
const OWNERS = { texts: "access", style: "style/access.css" };

/**
 * The page's tabs, in order; the first is where one lands. To add one, write its module in this folder and name it
 * here; its label is the text `tab.<id>`. One that asks for a role is offered to those who have it, and fetched when it
 * is first opened.
 *
 * @type {{id: string, component: Function, role?: string}[]}
 */
export const TABS = [
  { id: "generate", component: GenerateTab },
  { id: "gallery", component: GalleryTab },
  {
    id: "engine",
    component: lazy(async () => (await import("./engine.js")).EngineTab, { texts: "engine", style: ["style/access.css", "style/engine.css"] }),
    role: "user",
  },
  { id: "system", component: SystemTab },
  { id: "access", component: lazy(async () => (await import("./access.js")).AccessTab, OWNERS), role: "operator" },
];
