import { textOr } from "../i18n/index.js";
import { chartsOf, columnsOf, formatReading, RANGES, summaryOf } from "../lib/telemetry.js";
import { html } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useText } from "../ui/services.js";
import { Chart } from "./chart.js";

/** Curves of what matters: to see them, and in figures to read them. */
export function ChartsPanel({ told, trend, range, onRange }) {
  const { t } = useText();
  const charts = chartsOf(told.readings);
  return html`
    <section class="panel charts" aria-labelledby="telemetry-charts">
      <div class="panel-head">
        <h2 id="telemetry-charts">${t("charts.title")}</h2>
        <div class="ranges" role="group" aria-label=${t("charts.range")}>
          ${Object.keys(RANGES).map((each) => html`
            <button key=${each} type="button" class="button" id=${`range-${each}`} aria-pressed=${each === range ? "true" : "false"} onClick=${() => onRange(each)}>
              ${t(`range.${each}`)}
            </button>`)}
        </div>
      </div>
      ${!told.history.kept && html`
        <div class="notice" role="status" id="history-lost"><${Icon} name="warning" /><span>${t("charts.lost")} <span class="notice-detail" lang="en">${told.history.reason}</span></span></div>`}
      ${trend === null
        ? html`<p class="hint">${t("form.loading")}</p>`
        : charts.map((chart) => html`<${Curves} key=${chart.id} chart=${chart} trend=${trend} />`)}
    </section>`;
}

function Curves({ chart: { id, unit, ids }, trend }) {
  const { language, t } = useText();
  const name = (each) => textOr(t, `reading.${each}`, each);
  const figure = (value) => formatReading(value, unit, language);
  const told = ids.map((each) => ({ id: each, summary: summaryOf(trend.series[each]) }));
  const label = [
    t(`chart.${id}`),
    ...told.map((each) => (each.summary
      ? t("charts.label", { name: name(each.id), least: figure(each.summary.least), most: figure(each.summary.most), last: figure(each.summary.last) })
      : t("charts.nothing", { name: name(each.id) }))),
  ].join(" ");
  return html`
    <figure class="curves" data-chart=${id}>
      <figcaption>
        <h3>${t(`chart.${id}`)}</h3>
        <p class="chart-legend hint" aria-hidden="true">
          ${ids.map((each, index) => html`<span key=${each}><span class="line-key" data-line=${index}></span> ${name(each)}</span>`)}
        </p>
      </figcaption>
      <${Chart} label=${label} columns=${columnsOf(trend, ids)} from=${Date.parse(trend.from) / 1000} to=${Date.parse(trend.to) / 1000}
        unit=${unit} language=${language} />
      <details class="processes">
        <summary>${t("charts.figures")}</summary>
        <table class="table">
          <thead><tr><th scope="col">${t("telemetry.reading")}</th>${["last", "least", "mean", "most"].map((each) => html`<th key=${each} scope="col">${t(`figure.${each}`)}</th>`)}</tr></thead>
          <tbody>
            ${told.map((each) => html`
              <tr key=${each.id}>
                <th scope="row">${name(each.id)}</th>
                ${["last", "least", "mean", "most"].map((column) => html`<td key=${column} class=${each.summary ? "" : "untold"}>${each.summary ? figure(each.summary[column]) : t("telemetry.unknown")}</td>`)}
              </tr>`)}
          </tbody>
        </table>
      </details>
    </figure>`;
}
