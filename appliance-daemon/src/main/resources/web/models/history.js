import { formatDistance, formatTime } from "../lib/format.js";
import { html } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useText } from "../ui/services.js";

const GOOD = new Set(["installed", "rolled_back", "removed"]);

/** What became of updates, the newest first. */
export function HistoryPanel({ history }) {
  const { language, t } = useText();
  return html`
    <section class="panel" aria-labelledby="updates-title">
      <h2 id="updates-title">${t("updates.title")}</h2>
      ${history.length === 0 ? html`<p class="hint">${t("updates.none")}</p>` : html`
        <ol class="audit-list" id="updates">
          ${history.map(({ number, at, pack, version, place, outcome, why }) => html`
            <li key=${number} data-outcome=${outcome}>
              <details class="audit-entry">
                <summary>
                  <span class="audit-mark ${GOOD.has(outcome) ? "" : "audit-refused"}"><${Icon} name=${GOOD.has(outcome) ? "check" : "warning"} /></span>
                  <span class="audit-what"><strong>${pack} ${version}</strong><span class="audit-who">${t(`updated.${outcome}`)}</span></span>
                  <time class="audit-time" datetime=${at} title=${formatTime(at, language)}>${formatDistance(at, language)}</time>
                </summary>
                <div class="audit-more">
                  ${why && html`<p lang="en">${why}</p>`}
                  ${place && html`<p class="hint models-place">${place}</p>`}
                </div>
              </details>
            </li>`)}
        </ol>`}
    </section>`;
}
