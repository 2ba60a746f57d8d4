import { GalleryTab } from "./gallery.js";
import { GenerateTab } from "./generate.js";
import { SystemTab } from "./system.js";
import { lazy } from "../ui/lazy.js";

/** What only owners and operators need. */
const OWNERS = { texts: "access", style: "style/access.css" };
const NETWORK = { texts: ["access", "network"], style: ["style/access.css", "style/network.css"] };

/**
 * The page's tabs, in order; the first is where one lands. To add one, write its module in this folder and name it
 * here; its label is the text `tab.<id>`. One that asks for a role is offered to those who have it, and fetched when it
 * is first opened. One that is `apart` is reached by its address only.
 *
 * @type {{id: string, component: Function, role?: string, apart?: boolean}[]}
 */
export const TABS = [
  { id: "generate", component: GenerateTab },
  { id: "gallery", component: GalleryTab },
  {
    id: "engine",
    component: lazy(async () => (await import("./engine.js")).EngineTab, { texts: "engine", style: ["style/access.css", "style/engine.css"] }),
    role: "user",
  },
  {
    id: "telemetry",
    component: lazy(async () => (await import("./telemetry.js")).TelemetryTab, {
      texts: "telemetry", style: ["style/access.css", "style/engine.css", "vendor/uplot.css", "style/telemetry.css"],
    }),
    role: "user",
  },
  {
    id: "models",
    component: lazy(async () => (await import("./models.js")).ModelsTab, { texts: "models", style: ["style/access.css", "style/engine.css", "style/models.css"] }),
    role: "operator",
  },
  { id: "system", component: SystemTab },
  { id: "network", component: lazy(async () => (await import("./network.js")).NetworkTab, NETWORK), role: "operator" },
  {
    id: "flash",
    component: lazy(async () => (await import("./flash.js")).FlashTab, { texts: "flash", style: ["style/access.css", "style/engine.css", "style/flash.css"] }),
    role: "operator",
  },
  { id: "access", component: lazy(async () => (await import("./access.js")).AccessTab, OWNERS), role: "operator" },
  { id: "keep", component: lazy(async () => (await import("./keep.js")).KeepTab, NETWORK), apart: true },
];
