import { formatDay } from "../lib/format.js";
import { html } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useText } from "../ui/services.js";

/** Whose releases this box takes. Only somebody at the box itself adds one. */
export function AuthoritiesPanel({ authorities }) {
  const { language, t } = useText();
  return html`
    <section class="panel" aria-labelledby="authorities-title">
      <h2 id="authorities-title">${t("authorities.title")}</h2>
      <p class="hint">${t("authorities.text")} <code>airbox models keys trust</code></p>
      ${authorities.length === 0 ? html`<p class="nothing"><${Icon} name="shield" /> ${t("authorities.none")}</p>` : html`
        <ul class="plain" id="authorities">
          ${authorities.map(({ authority, built_in: builtIn, expires }) => html`
            <li key=${authority} class="models-authority">
              <span><${Icon} name="shield" /> <strong>${authority}</strong> ${builtIn && html`<span class="tag">${t("authorities.builtIn")}</span>`}</span>
              <span class="hint">${t("authorities.until", { time: formatDay(expires, language) })}</span>
            </li>`)}
        </ul>`}
    </section>`;
}
