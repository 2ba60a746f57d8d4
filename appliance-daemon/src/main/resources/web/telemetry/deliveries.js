import { formatBytes, formatDistance, formatTime } from "../lib/format.js";
import { html } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useText } from "../ui/services.js";

/** Who is told what this box does: whether that works, why not, and what waits for it. */
export function DeliveriesPanel({ deliveries }) {
  const { t } = useText();
  return html`
    <section class="panel" id="deliveries" aria-labelledby="telemetry-deliveries">
      <h2 id="telemetry-deliveries">${t("deliveries.title")}</h2>
      ${deliveries.length === 0
        ? html`<p class="hint" id="no-deliveries">${t("deliveries.none")}</p>`
        : deliveries.map((each) => html`<${Delivery} key=${each.to + each.name} of=${each} />`)}
    </section>`;
}

function Delivery({ of }) {
  const { language, t } = useText();
  const waits = of.state === "waiting";
  const flaws = [of.reason, of.warning, of.fault].filter((text) => text !== null);
  return html`
    <div class="delivery" data-delivery=${`${of.to}-${of.name}`} data-state=${of.state}>
      <div class="panel-head">
        <h3>${t(`delivery.${of.to}.${of.name}`)}</h3>
        <span class="tag ${waits ? "tag-warm" : "tag-running"}">${t(`deliveryState.${of.to}.${of.state}`)}</span>
      </div>
      ${flaws.length > 0 && html`
        <div class="notice" role="status">
          <${Icon} name="warning" />
          <span class="notice-detail" lang="en">${flaws.join(" · ")}</span>
        </div>`}
      <dl class="fact-list">
        <div>
          <dt>${t("delivery.place")}</dt>
          <dd>${of.place}</dd>
        </div>
        <div>
          <dt>${t("delivery.waiting")}</dt>
          <dd>${t("delivery.alarms", { n: of.alarms })}${of.to === "mqtt" && ` · ${t("delivery.minutes", { n: of.measurements })}`} · ${formatBytes(of.bytes)}</dd>
        </div>
        <div>
          <dt>${t("delivery.last")}</dt>
          ${of.last_sent === null
            ? html`<dd class="untold">${t("delivery.never")}</dd>`
            : html`<dd><time datetime=${of.last_sent} title=${formatTime(of.last_sent, language)}>${formatDistance(of.last_sent, language)}</time></dd>`}
        </div>
      </dl>
    </div>`;
}
