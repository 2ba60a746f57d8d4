/* The composition root: makes every store, gives them to the page and starts it. */
import { createActions } from "./actions.js";
import { createClient } from "./api/client.js";
import { App } from "./app.js";
import { loadTexts, translator } from "./i18n/index.js";
import { createCatalogue } from "./state/catalogue.js";
import { createConnection } from "./state/connection.js";
import { createDraft } from "./state/draft.js";
import { createGallery } from "./state/gallery.js";
import { createGate, isRefusal } from "./state/gate.js";
import { createJobs } from "./state/jobs.js";
import { createPreferences } from "./state/preferences.js";
import { createRouter } from "./state/router.js";
import { createSession, mayMake } from "./state/session.js";
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
const session = createSession({
  api,
  onChange() {
    stage.follow();
    for (const part of [jobs, gallery]) part.forget();
    if (!mayMake(session.get())) return;
    for (const part of [catalogue, jobs, gallery]) quietly(part.refresh());
  },
  onEnd: () => toasts.show(text()("toast.sessionEnded"), {
    milliseconds: 15_000,
    action: { label: text()("account.signIn"), run: () => gate.signIn() },
  }),
});
const gate = createGate({ session });
const actions = createActions({ catalogue, connection, draft, gallery, gate, jobs, preferences, router, session, stage, text, toasts });

const services = {
  actions, api, catalogue, connection, draft, gallery, gate, jobs, preferences, router, session, stage, toasts,
};

await loadTexts({ language: preferences.get().language });
preferences.subscribe(showPreferences);
showPreferences();
window.addEventListener("pagehide", () => gallery.flush());
// another window may have signed out, and a claim may have come from elsewhere
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && quietly(session.refresh()));
connection.subscribe(() => {
  const claimed = connection.get().status?.claimed;
  if (session.get().known && claimed !== undefined && claimed !== session.get().claimed) quietly(session.refresh());
});
render(html`<${Services.Provider} value=${services}><${App} /><//>`, document.getElementById("app"));
quietly(connection.start());
refresh();

/** First who one is: what is closed to guests need not be asked for. */
async function refresh() {
  await session.refresh().catch(() => connection.suspect());
  if (mayMake(session.get())) for (const part of [catalogue, jobs, gallery]) quietly(part.refresh());
}

/**
 * What fails because the daemon is silent shows in the banner, and is tried again when it is back. What is refused in
 * the background shows as a closed place once the session says so.
 */
function quietly(promise) {
  promise.catch((problem) => {
    if (problem.status === 0) connection.suspect();
    else if (!isRefusal(problem)) actions.complain(problem);
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
