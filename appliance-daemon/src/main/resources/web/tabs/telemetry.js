import { Loaded } from "../components/loaded.js";
import { createTelemetry } from "../state/telemetry.js";
import { AlarmsPanel } from "../telemetry/alarms.js";
import { ChartsPanel } from "../telemetry/charts.js";
import { DeliveriesPanel } from "../telemetry/deliveries.js";
import { NowPanel } from "../telemetry/now.js";
import { ReadingsPanel } from "../telemetry/readings.js";
import { useFollowed } from "../ui/use-followed.js";
import { html } from "../ui/html.js";
import { useStore, useText } from "../ui/services.js";

/** Heat, power and load: now, and as curves. */
export function TelemetryTab() {
  const { t } = useText();
  const telemetry = useFollowed(createTelemetry);
  const { value, problem, trend, range } = useStore(telemetry);
  return html`
    <div class="engine telemetry">
      <h1>${t("tab.telemetry")}</h1>
      <${Loaded} of=${{ value, problem, reload: telemetry.reload }}>
        ${(told) => html`
          <div class="telemetry-panels">
            <${NowPanel} told=${told} />
            <${AlarmsPanel} alarms=${told.alarms} />
            <${ChartsPanel} told=${told} trend=${trend} range=${range} onRange=${telemetry.show} />
            <${DeliveriesPanel} deliveries=${told.deliveries} />
            <${ReadingsPanel} told=${told} />
          </div>`}
      <//>
    </div>`;
}
