import { Banner } from "./components/banner.js";
import { ClaimBanner } from "./components/claim-banner.js";
import { Closed } from "./components/closed.js";
import { Header } from "./components/header.js";
import { ShortcutSheet } from "./components/shortcut-sheet.js";
import { Toasts } from "./components/toasts.js";
import { Viewer } from "./components/viewer.js";
import { isTyping, shortcutFor } from "./lib/shortcuts.js";
import { isActive } from "./state/jobs.js";
import { atLeast } from "./state/session.js";
import { stageContent } from "./state/stage.js";
import { TABS } from "./tabs/registry.js";
import { html, useEffect, useState } from "./ui/html.js";
import { lazy } from "./ui/lazy.js";
import { useServices, useStore, useText } from "./ui/services.js";

const ClaimDialog = lazy(async () => (await import("./components/claim-dialog.js")).ClaimDialog);
const SignInDialog = lazy(async () => (await import("./components/sign-in-dialog.js")).SignInDialog);

/** The frame: header with tabs, the open tab, and what may lie above it. */
export function App() {
  const services = useServices();
  const { t } = useText();
  const { tab, item } = useStore(services.router);
  const who = useStore(services.session);
  const { dialog, problem } = useStore(services.gate);
  const [help, setHelp] = useState(false);
  const { component: Tab, role } = TABS.find(({ id }) => id === tab);

  useEffect(() => {
    const onKey = (event) => handleKey(event, services, () => setHelp(true));
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);

  useEffect(() => window.scrollTo(0, 0), [tab]);

  return html`
    <a class="skip-link" href="#main" onClick=${skip}>${t("page.skip")}</a>
    <${Header} tabs=${tabsFor(who)} tab=${tab} onHelp=${() => setHelp(true)} />
    <${Banner} />
    <${ClaimBanner} />
    <main id="main" tabindex="-1" class="main main-${tab}">
      ${!role || atLeast(who, role) ? html`<${Tab} />` : who.known && html`<${Closed} title=${t("closed.title")} text=${t(`closed.${role}`)} />`}
    </main>
    ${item && html`<${Viewer} key="viewer" id=${item} tab=${tab} />`}
    ${dialog === "claim" && html`<${ClaimDialog} key="claim" />`}
    ${dialog === "signIn" && html`<${SignInDialog} key="sign-in" problem=${problem} />`}
    ${help && html`<${ShortcutSheet} onClose=${() => setHelp(false)} />`}
    <${Toasts} />`;
}

/** What a role may not use is not offered. */
const tabsFor = (who) => TABS.filter(({ role }) => !role || atLeast(who, role));

/** The address's hash is the tab, so that the link moves the focus itself. */
function skip(event) {
  event.preventDefault();
  document.getElementById("main").focus();
}

function handleKey(event, services, showHelp) {
  const { actions, jobs, preferences, router, session } = services;
  const tabs = tabsFor(session.get());
  const action = shortcutFor(event, isTyping(document.activeElement));
  if (!action) return;
  const dialog = document.querySelector("dialog[open]");
  const picture = pictureAtHand(services);
  /** @type {Record<string, (() => void) | false | null | undefined>} */
  const run = {
    make: !dialog && (() => actions.make()),
    cancel: !dialog && cancelOf(jobs.get(), actions),
    focusPrompt: !dialog && (() => {
      router.go("generate");
      requestAnimationFrame(() => document.getElementById("field-prompt")?.focus());
    }),
    again: picture && (() => actions.again(picture)),
    variation: picture && (() => actions.variation(picture)),
    download: picture && (() => actions.download(picture)),
    copyPrompt: picture && (() => actions.copyPrompt(picture)),
    delete: picture && (() => actions.remove(picture)),
    tabs: !dialog && tabs[Number(event.key) - 1] && (() => router.go(tabs[Number(event.key) - 1].id)),
    theme: () => preferences.nextTheme(),
    help: !dialog && showHelp,
  };
  if (!run[action]) return;
  event.preventDefault();
  run[action]();
}

/** Esc cancels what this page asked for: the job that would end first. */
function cancelOf({ jobs, mine }, actions) {
  const active = jobs.filter((job) => isActive(job) && mine.includes(job.id));
  const job = active.find(({ status }) => status === "running") ?? active.at(-1);
  return job && (() => actions.cancel(job.id));
}

/** The picture that a key means: the open one, else the one with the focus, else the one on the stage. */
function pictureAtHand({ gallery, jobs, router, stage }) {
  const { tab, item } = router.get();
  const focused = document.activeElement?.closest("[data-picture]")?.dataset.picture;
  const id = item ?? focused;
  const pictures = gallery.visible();
  if (id) return pictures.find((picture) => picture.id === id);
  if (tab !== "generate") return null;
  const content = stageContent({ ...stage.get(), ...jobs.get(), pictures, hidden: gallery.get().hidden });
  return content.pictures?.length === 1 ? content.pictures[0] : null;
}
