import { textOr } from "../i18n/index.js";
import { formatDistance, formatTime } from "../lib/format.js";
import { html } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useText } from "../ui/services.js";

/** What is wrong now. */
export function AlarmsPanel({ alarms }) {
  const { language, t } = useText();
  return html`
    <section class="panel" aria-labelledby="telemetry-alarms">
      <h2 id="telemetry-alarms">${t("alarms.title")}</h2>
      ${alarms.length === 0
        ? html`<p class="hint" id="no-alarms"><${Icon} name="check" /> ${t("alarms.none")}</p>`
        : html`
            <ul class="alarm-list">
              ${alarms.map((alarm) => html`
                <li key=${alarm.occurrence} class="notice ${alarm.severity === "critical" ? "notice-bad" : ""}" data-alarm=${alarm.id}>
                  <${Icon} name="warning" />
                  <span>
                    <strong>${textOr(t, `alarm.${alarm.id}`, alarm.id)}</strong>
                    <span class="tag">${t(`severity.${alarm.severity}`)}</span>
                    <span class="notice-detail"><span lang="en">${alarm.reason}${alarm.process && ` · ${alarm.process}`}</span> · <time datetime=${alarm.raised_at} title=${formatTime(alarm.raised_at, language)}>${formatDistance(alarm.raised_at, language)}</time></span>
                  </span>
                </li>`)}
            </ul>`}
    </section>`;
}
