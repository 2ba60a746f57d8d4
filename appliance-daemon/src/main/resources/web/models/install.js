import { Form, Refusal, SelectField, Submit, TextField } from "../components/form.js";
import { formatBytes, formatDuration, formatTime } from "../lib/format.js";
import { html, useState } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useText } from "../ui/services.js";
import { useSubmission } from "../ui/use-submission.js";

/** The update under way, or the way to begin one. */
export function InstallPanel({ told: { under_way: underWay }, models, steers }) {
  const { t } = useText();
  return html`
    <section class="panel" aria-labelledby="install-title">
      <h2 id="install-title">${t("install.title")}</h2>
      ${underWay
        ? html`<${UnderWay} of=${underWay} models=${models} steers=${steers} />`
        : steers
          ? html`<${Begin} models=${models} />`
          : html`<p class="hint">${t("install.owner")}</p>`}
    </section>`;
}

function Begin({ models }) {
  const { gate, toasts } = useServices();
  const { t } = useText();
  const [address, setAddress] = useState("");
  const [letGo, setLetGo] = useState("nothing");
  const submission = useSubmission(async () => {
    const begun = await gate.pass(() => models.install({ address: address.trim(), ...(letGo !== "nothing" && { let_go: letGo }) }));
    if (begun.installed) toasts.show(t("install.already", begun));
  });
  const foot = html`<${Submit} submission=${submission} icon="download">${t("install.do")}<//>`;
  return html`
    <${Form} name="install" fields=${["address"]} submission=${submission} foot=${foot}>
      <${TextField} name="address" label=${t("install.address")} hint=${t("install.hint")} inputmode="url" value=${address} onChange=${setAddress} />
      ${submission.problem?.code === "NO_ROOM" && html`
        <${SelectField} name="room" label=${t("install.room")} value=${letGo} onChange=${setLetGo}
          options=${["nothing", "previous", "current"].map((each) => ({ value: each, label: t(`letGo.${each}`) }))} />`}
    <//>`;
}

function UnderWay({ of: update, models, steers }) {
  const { gate } = useServices();
  const { language, t } = useText();
  const cancel = useSubmission(() => gate.pass(models.cancel));
  const { pack, version, phase, bytes, bytes_here: here, bytes_per_second: speed, seconds_left: left, why, until, place } = update;
  const figures = [
    t("install.of", { here: formatBytes(here), bytes: formatBytes(bytes) }),
    speed > 0 && t("install.speed", { speed: formatBytes(speed) }),
    left !== null && t("install.left", { time: formatDuration(left, t) }),
  ];
  return html`
    <div id="under-way" data-phase=${phase}>
      <p role="status"><strong>${pack} ${version}</strong>: ${t(`phase.${phase}`)}</p>
      ${phase !== "trying" && html`
        <progress max=${bytes || 1} value=${here} aria-label=${t("install.progress")}></progress>
        <p class="hint">${figures.filter(Boolean).join(" · ")}</p>`}
      ${why && html`<p class="notice"><${Icon} name="clock" /> <span><span lang="en">${why}</span>${until && ` ${t("install.until", { time: formatTime(until, language) })}`}</span></p>`}
      <p class="hint models-place">${place}</p>
      <${Refusal} problem=${cancel.problem} />
      ${steers && html`<div class="panel-actions"><button type="button" id="cancel-update" class="button" onClick=${cancel.submit}><${Icon} name="close" /> ${t("install.cancel")}</button></div>`}
    </div>`;
}
