import { Form, Submit, TextField } from "../components/form.js";
import { Field, useMarks } from "../components/field.js";
import { Loaded } from "../components/loaded.js";
import { textOr } from "../i18n/index.js";
import { portsOf } from "../lib/network.js";
import { Dialog } from "../ui/dialog.js";
import { html, useState } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useText } from "../ui/services.js";
import { useLoaded } from "../ui/use-loaded.js";
import { useSubmission } from "../ui/use-submission.js";

/** Whole set-ups as one action: choose, fill in what it asks for, see what would happen. */
export function PresetsDialog({ network, onPlan, onClose }) {
  const { api, gate } = useServices();
  const { t } = useText();
  const presets = useLoaded(() => gate.pass(api.networkPresets));
  const [chosen, setChosen] = useState(null);
  return html`
    <${Dialog} label=${t("network.presets")} className="dialog-form" onClose=${onClose}>
      <h2>${chosen ? titleOf(chosen, t) : t("network.presets")}</h2>
      <${Loaded} of=${presets}>
        ${(all) => chosen
          ? html`<${PresetForm} preset=${chosen} network=${network} onPlan=${onPlan} onBack=${() => setChosen(null)} />`
          : html`
            <ul class="preset-list">
              ${all.map((preset) => html`
                <li key=${preset.id}>
                  <button type="button" class="preset" id="preset-${preset.id}" onClick=${() => setChosen(preset)}>
                    <strong>${titleOf(preset, t)}</strong>
                    ${preset.switch && html`<span class="hint">${textOr(t, `presetSwitch.${preset.id}`, preset.switch)}</span>`}
                  </button>
                </li>`)}
            </ul>`}
      <//>
    <//>`;
}

const titleOf = (preset, t) => textOr(t, `preset.${preset.id}`, preset.title);

function PresetForm({ preset, network, onPlan, onBack }) {
  const { api, gate } = useServices();
  const { t } = useText();
  const [fields, setFields] = useState(() => Object.fromEntries(preset.fields.map((field) => [field.name, field.default])));
  const submission = useSubmission(async () => {
    try {
      onPlan(await gate.pass(() => api.planNetwork({ preset: preset.id, fields })));
    } catch (problem) {
      if (problem.findings?.length > 0) problem.message = problem.findings.map(({ message }) => message).join(" ");
      throw problem;
    }
  });
  const change = (name) => (text) => {
    setFields((now) => ({ ...now, [name]: text }));
    submission.touched(name);
  };
  const foot = html`
    <button type="button" class="button" onClick=${onBack}><${Icon} name="previous" /> ${t("network.back")}</button>
    <${Submit} submission=${submission} icon="next">${t("network.plan")}<//>`;
  return html`
    <${Form} name="preset" fields=${preset.fields.map(({ name }) => name)} submission=${submission} foot=${foot}>
      ${preset.switch && html`<p class="notice"><${Icon} name="info" /> <span>${textOr(t, `presetSwitch.${preset.id}`, preset.switch)}</span></p>`}
      ${preset.fields.map((field) => field.form === "port"
        ? html`<${PortChoice} key=${field.name} field=${field} network=${network} value=${fields[field.name]} onChange=${change(field.name)} />`
        : html`<${TextField} key=${field.name} name=${field.name} label=${textOr(t, `presetField.${field.name}`, field.description)} value=${fields[field.name]} onChange=${change(field.name)} />`)}
    <//>`;
}

function PortChoice({ field: { name, description }, network, value, onChange }) {
  const { control } = useMarks(name);
  const { t } = useText();
  const ports = portsOf(network).filter(({ kind }) => kind === "ethernets").map(({ id }) => id);
  return html`
    <${Field} name=${name} label=${textOr(t, `presetField.${name}`, description)}>
      <select ...${control} value=${value} onChange=${(event) => onChange(event.target.value)}>
        ${[...new Set([value, ...ports])].map((port) => html`<option key=${port} value=${port} selected=${port === value}>${port}</option>`)}
      </select>
    <//>`;
}
