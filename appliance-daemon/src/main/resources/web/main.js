/* The composition root: makes every store, gives them to the page and starts it. */
import { createActions } from "./actions.js";
import { createClient } from "./api/client.js";
import { App } from "./app.js";
import { translator } from "./i18n/index.js";
import { createCatalogue } from "./state/catalogue.js";
import { createConnection } from "./state/connection.js";
import { createDraft } from "./state/draft.js";
import { createGallery } from "./state/gallery.js";
import { createJobs } from "./state/jobs.js";
import { createPreferences } from "./state/preferences.js";
import { createRouter } from "./state/router.js";
import { createStage, picturesOf } from "./state/stage.js";
import { createToasts } from "./state/toasts.js";
import { TABS } from "./tabs/registry.js";
import { html, render } from "./ui/html.js";
import { Services } from "./ui/services.js";

const storage = openStorage();
const api = createClient();
const preferences = createPreferences(storage, navigator.languages ?? []);
const text = () => translator(preferences.get().language);
const toasts = createToasts();
const draft = createDraft(storage);
const stage = createStage();
const router = createRouter(window, TABS.map(({ id }) => id));
const catalogue = createCatalogue(api);
const gallery = createGallery({ api });
const jobs = createJobs({
  api,
  onEnd(job) {
    gallery.add(picturesOf(job));
    if (job.status === "completed") quietly(gallery.refresh());
  },
  onSilence: () => connection.suspect(),
});
const connection = createConnection({ api, onBack: refresh });
const actions = createActions({ catalogue, connection, draft, gallery, jobs, router, stage, text, toasts });

const services = { actions, api, catalogue, connection, draft, gallery, jobs, preferences, router, stage, toasts };

preferences.subscribe(showPreferences);
showPreferences();
window.addEventListener("pagehide", () => gallery.flush());
render(html`<${Services.Provider} value=${services}><${App} /><//>`, document.getElementById("app"));
quietly(connection.start());
refresh();

function refresh() {
  for (const part of [catalogue, jobs, gallery]) quietly(part.refresh());
}

/** What fails because the daemon is silent shows in the banner, and is tried again when it is back. */
function quietly(promise) {
  promise.catch((problem) => {
    if (problem.status === 0) connection.suspect();
    else actions.complain(problem);
  });
}

function showPreferences() {
  const { language, theme } = preferences.get();
  const root = document.documentElement;
  root.lang = language === "zh" ? "zh-CN" : language;
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  document.title = text()("page.title");
}

function openStorage() {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}
