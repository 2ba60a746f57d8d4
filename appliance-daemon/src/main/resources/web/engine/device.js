import { textOr } from "../i18n/index.js";
import { html, useState } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useStore, useText } from "../ui/services.js";

const TPU = "bm1684x";

/** What the pictures are made on, and how it is. What nobody tells is unknown, never zero. */
export function DevicePanel({ tpu }) {
  const { connection } = useServices();
  const { t } = useText();
  const engine = useStore(connection).status?.engine;
  const [sources, setSources] = useState(false);
  const { device } = tpu;
  const shown = device.health !== "absent";
  return html`
    <section class="panel device" data-health=${device.health}>
      <div class="panel-head">
        <h2>${t(shown ? "device.tpu" : "device.cpu")}</h2>
        ${engine && html`<span class="tag">${textOr(t, `engine.${engine.state}`, engine.state)}</span>`}
      </div>
      ${device.health === "hung" && html`
        <div class="notice notice-bad" role="alert" id="device-hung">
          <${Icon} name="warning" /><span><strong>${t("device.hung")}</strong><span class="notice-detail" lang="en">${device.reason}</span></span>
        </div>`}
      <p id="engine-kind">${t(kindOf(tpu))}</p>
      ${device.health === "unknown" && html`<p class="hint">${t("device.unasked")}</p>`}
      ${tpu.engine === null && device.health !== "hung" && engine?.reason && html`
        <div class="notice"><${Icon} name="info" /><span lang="en">${engine.reason}</span></div>`}
      ${shown && html`<${Readings} of=${device} sources=${sources} />`}
      <${Facts} tpu=${tpu} engine=${engine} sources=${sources} />
      ${shown && html`
        <button type="button" id="show-sources" class="link-button" aria-pressed=${sources ? "true" : "false"} onClick=${() => setSources(!sources)}>
          <${Icon} name="info" /> ${t("device.showSources")}
        </button>`}
    </section>`;
}

function kindOf({ engine, device }) {
  if (engine === null) return "kind.none";
  if (engine === TPU) return "kind.tpu";
  return device.present ? "kind.cpuBeside" : "kind.cpu";
}

/** The figures that move. */
function Readings({ of: device, sources }) {
  const { t } = useText();
  const { clock_min_mhz: slowest, clock_max_mhz: fastest, average_use_percent: average } = device;
  const readings = [
    { name: "clock_mhz", unit: "MHz", note: slowest !== null && fastest !== null && t("device.range", { from: slowest, to: fastest }) },
    { name: "use_percent", unit: "%", note: average !== null && t("device.average", { percent: average }) },
    { name: "chip_celsius", unit: "°C" },
    { name: "board_celsius", unit: "°C" },
  ];
  return html`
    <dl class="readings">
      ${readings.map(({ name, unit, note }) => html`
        <div key=${name} data-reading=${name}>
          <dt>${t(`device.${name}`)}</dt>
          <${Told} name=${name} of=${device} sources=${sources}>
            ${(value) => html`<span class="reading">${value}</span> ${unit}${note && html`<span class="hint">${note}</span>`}`}
          <//>
        </div>`)}
    </dl>`;
}

/** What stays as it is. The serial number is for operators; nobody else gets to see that there is one. */
function Facts({ tpu: { device, engine: kind }, engine, sources }) {
  const { t } = useText();
  // the TPU's engine describes itself by what stands here already
  const tells = kind === TPU;
  const names = ["chip", "name", "board", "library_version", "driver_version", ...["device_tree", "serial_number"].filter((name) => device[name] !== null)];
  return html`
    <dl class="fact-list">
      ${device.health !== "absent" && names.map((name) => html`
        <div key=${name}><dt>${t(`device.${name}`)}</dt><${Told} name=${name} of=${device} sources=${sources}>${(value) => value}<//></div>`)}
      ${!tells && engine?.description && html`<div><dt>${t("device.engine")}</dt><dd lang="en">${engine.description}</dd></div>`}
    </dl>`;
}

/** A value, with who told it: on hover, or for all when that is asked for. */
function Told({ name, of: device, sources, children }) {
  const { t } = useText();
  const value = device[name];
  if (value === null) return html`<dd class="untold">${t("device.unknown")}</dd>`;
  const source = sourceText(device.sources[name], t);
  return html`<dd title=${source}>${children(value)}${sources && html`<span class="source">${source}</span>`}</dd>`;
}

const sourceText = (source, t) => (source?.startsWith("/") ? t("source.file", { path: source }) : textOr(t, `source.${source}`, source ?? ""));
