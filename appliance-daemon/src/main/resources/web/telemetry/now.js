import { textOr } from "../i18n/index.js";
import { formatReading, gaugesOf } from "../lib/telemetry.js";
import { html } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useText } from "../ui/services.js";

/** What matters most, large; what heat allows; what energy was used. */
export function NowPanel({ told }) {
  const { language, t } = useText();
  const { state, reason } = told.thermal;
  return html`
    <section class="panel" data-thermal=${state} aria-labelledby="telemetry-now">
      <div class="panel-head">
        <h2 id="telemetry-now">${t("telemetry.now")}</h2>
        <span id="thermal-state" class="tag ${state === "normal" ? "tag-running" : `tag-${state}`}">${t(`thermal.${state}`)}</span>
      </div>
      ${state !== "normal" && html`
        <div class="notice ${state === "warm" ? "" : "notice-bad"}" role="status" id="thermal-notice">
          <${Icon} name="warning" />
          <span><strong>${t(`thermalMeans.${state}`)}</strong> ${reason && html`<span class="notice-detail" lang="en">${reason}</span>`}</span>
        </div>`}
      <dl class="readings telemetry-gauges">
        ${gaugesOf(told).map(({ id, reading, share }) => html`<${Gauge} key=${id} id=${id} reading=${reading} share=${share} />`)}
      </dl>
      <dl class="fact-list" id="energy">
        <div>
          <dt>${t("energy.total")}</dt>
          <${Energy} joules=${told.energy.joules_total} language=${language} />
        </div>
        <div>
          <dt>${t("energy.picture")}</dt>
          <${Energy} joules=${told.energy.pictures.last?.joules ?? null} watts=${told.energy.pictures.last?.watts} language=${language} />
        </div>
      </dl>
    </section>`;
}

function Energy({ joules, watts, language }) {
  const { t } = useText();
  if (joules === null) return html`<dd class="untold">${t("telemetry.unknown")}</dd>`;
  return html`<dd>${formatReading(joules, "joules", language)}${watts !== undefined && ` · ${formatReading(watts, "watts", language)}`}</dd>`;
}

function Gauge({ id, reading, share }) {
  const { language, t } = useText();
  const text = formatReading(reading.value, reading.unit, language);
  return html`
    <div data-reading=${id} data-quality=${reading.quality}>
      <dt>${textOr(t, `reading.${id}`, id)}</dt>
      ${text === null
        ? html`<dd class="untold" title=${reading.reason ?? ""}>${t("telemetry.unknown")}</dd>`
        : html`
            <dd title=${reading.reason ?? reading.source}>
              <span class="reading">${text}</span>
              ${reading.quality === "stale" && html`<span class="hint">${t("telemetry.stale", { n: Math.round(reading.age_ms / 1000) })}</span>`}
              ${share !== null && html`<span class="meter" aria-hidden="true" data-hot=${share > 0.89 && reading.unit === "celsius" ? "true" : "false"}><span style=${{ width: `${share * 100}%` }}></span></span>`}
            </dd>`}
    </div>`;
}
