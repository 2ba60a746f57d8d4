import { html } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useText } from "../ui/services.js";
import { Field, useField } from "./field.js";
import { NumberField } from "./number-field.js";
import { useForm } from "./use-form.js";

const NOISES = ["torch-cpu", "philox"];

/** What the preset decides unless somebody knows better. */
export function Advanced({ form, values }) {
  const { t } = useText();
  const { samplers, spacings } = useForm();
  return html`
    <details class="advanced">
      <summary><${Icon} name="sliders" /> ${t("form.advanced")}</summary>
      <div class="advanced-fields">
        <${NumberField} name="steps" label=${t("form.steps")} range=${form.steps} step=${1} chosen=${values.steps !== null} />
        <${NumberField} name="cfg" label=${t("form.cfg")} range=${form.cfg} step=${0.5} chosen=${values.cfg !== null} />
        <div class="pair">
          <${Select} name="sampler" label=${t("form.sampler")} value=${form.sampler} preset=${form.preset.sampler} options=${samplers} />
          <${Select} name="spacing" label=${t("form.spacing")} value=${form.spacing} preset=${form.preset.spacing} options=${spacings} />
        </div>
        <${Select} name="noise" label=${t("form.noise")} value=${form.noise} preset=${NOISES[0]}
          options=${NOISES.map((id) => ({ id, label: t(`noise.${id}`) }))} />
      </div>
    </details>`;
}

/** Choosing the preset's own value means "as the preset says". */
function Select({ name, label, value, preset, options }) {
  const { control, change } = useField(name);
  const known = options.some(({ id }) => id === value) ? options : [{ id: value, label: value }, ...options];
  return html`
    <${Field} name=${name} label=${label}>
      <select ...${control} value=${value}
        onChange=${(event) => change({ [name]: event.target.value === preset ? null : event.target.value })}>
        ${known.map((option) => html`<option key=${option.id} value=${option.id} selected=${option.id === value}>${option.label ?? option.id}</option>`)}
      </select>
    <//>`;
}
