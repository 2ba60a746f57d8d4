import { loadTexts } from "../i18n/index.js";
import { html, useEffect, useState } from "./html.js";
import { useText } from "./services.js";

/**
 * A component that is fetched when it is first shown, so that those who never see it do not wait for it.
 *
 * @param {() => Promise<Function>} load
 * @param {{texts?: string | string[], style?: string | string[]}} [needs] parts of the texts and style sheets that it needs
 */
export function lazy(load, { texts = [], style = [] } = {}) {
  let loaded = null;
  return function Lazy(properties) {
    const { t } = useText();
    const [failed, setFailed] = useState(false);
    const [, redraw] = useState(0);
    const fetch = async () => {
      setFailed(false);
      try {
        [loaded] = await Promise.all([load(), ...[texts].flat().map((part) => loadTexts({ part })), ...[style].flat().map(loadStyle)]);
        redraw(1);
      } catch {
        setFailed(true);
      }
    };
    useEffect(() => void (loaded ?? fetch()), []);
    if (loaded) return html`<${loaded} ...${properties} />`;
    return failed && html`
      <p class="hint" role="alert">
        ${t("problem.NO_ANSWER")} <button type="button" class="link-button" onClick=${fetch}>${t("action.retry")}</button>
      </p>`;
  };
}

function loadStyle(href) {
  if (document.head.querySelector(`link[href="${href}"]`)) return undefined;
  return new Promise((done, failed) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    link.onload = done;
    link.onerror = () => {
      link.remove();
      failed();
    };
    document.head.append(link);
  });
}
