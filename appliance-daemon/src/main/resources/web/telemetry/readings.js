import { textOr } from "../i18n/index.js";
import { formatReading } from "../lib/telemetry.js";
import { html } from "../ui/html.js";
import { useText } from "../ui/services.js";

/** Every reading with its quality and the file that told it. */
export function ReadingsPanel({ told }) {
  const { language, t } = useText();
  const ids = Object.keys(told.readings);
  return html`
    <section class="panel">
      <details class="processes" id="all-readings">
        <summary>${t("readings.all", { n: ids.length })}</summary>
        <table class="table readings-table" role="table">
          <thead role="rowgroup">
            <tr role="row">${["reading", "value", "quality", "source"].map((each) => html`<th key=${each} role="columnheader" scope="col">${t(`telemetry.${each}`)}</th>`)}</tr>
          </thead>
          <tbody role="rowgroup">
            ${ids.map((id) => html`<${Row} key=${id} id=${id} reading=${told.readings[id]} language=${language} />`)}
          </tbody>
        </table>
      </details>
    </section>`;
}

function Row({ id, reading, language }) {
  const { t } = useText();
  const value = formatReading(reading.value, reading.unit, language);
  return html`
    <tr role="row" data-reading-row=${id}>
      <th role="rowheader" scope="row"><code>${id}</code>${textOr(t, `reading.${id}`, "") && html`<span class="hint">${t(`reading.${id}`)}</span>`}</th>
      <td role="cell" class=${value === null ? "untold" : ""}>${value ?? t("telemetry.unknown")}</td>
      <td role="cell">${t(`quality.${reading.quality}`)}</td>
      <td role="cell" class="source" lang="en">${reading.reason ?? reading.source}</td>
    </tr>`;
}
