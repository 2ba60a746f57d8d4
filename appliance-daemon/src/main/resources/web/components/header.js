import { LANGUAGES } from "../i18n/index.js";
import { html, useEffect, useRef } from "../ui/html.js";
import { IconButton } from "../ui/icon.js";
import { useServices, useStore, useText } from "../ui/services.js";
import { Account } from "./account.js";

const THEME_ICON = { auto: "auto", light: "sun", dark: "moon" };

export function Header({ tabs, tab, onHelp }) {
  const { preferences } = useServices();
  const { theme } = useStore(preferences);
  const { t } = useText();
  const nav = useRef(null);
  // on a phone the tabs scroll sideways
  useEffect(() => nav.current.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" }), [tab, tabs.length]);
  return html`
    <header class="header">
      <a class="brand" href="#/${tabs[0].id}" aria-label=${t("page.home")}>
        <img src="images/logo.svg" alt="" width="34" height="34" /><span>AirBox</span>
      </a>
      <nav ref=${nav} class="tabs" aria-label=${t("page.tabs")}>
        ${tabs.map(({ id }) => html`
          <a key=${id} href="#/${id}" aria-current=${id === tab ? "page" : undefined}>${t(`tab.${id}`)}</a>`)}
      </nav>
      <div class="header-tools">
        <${LanguageMenu} />
        <${IconButton} id="theme" icon=${THEME_ICON[theme]} label=${t(`theme.${theme}`)} onClick=${preferences.nextTheme} />
        <${IconButton} id="help" icon="keyboard" label=${t("shortcuts.title")} onClick=${onHelp} />
        <${Account} />
      </div>
    </header>`;
}

/** Each language under its own name, so that one finds back. */
function LanguageMenu() {
  const { actions } = useServices();
  const { language, t } = useText();
  return html`
    <select id="language" class="language" aria-label=${t("page.language")} value=${language}
      onChange=${(event) => actions.speak(event.target.value)}>
      ${Object.entries(LANGUAGES).map(([id, name]) => html`<option key=${id} value=${id} selected=${id === language}>${name}</option>`)}
    </select>`;
}
