import { html } from "../ui/html.js";
import { IconButton } from "../ui/icon.js";
import { useServices, useText } from "../ui/services.js";
import { Field, useField } from "./field.js";

/**
 * A number with a slider for its range. Any number can be typed: the daemon judges it, and says so.
 *
 * @param {object} properties
 * @param {string} properties.name
 * @param {string} properties.label
 * @param {{value: number | string, min: number, max: number, default?: number}} properties.range
 * @param {number} properties.step
 * @param {boolean} [properties.chosen] whether it differs from the preset's and can go back
 */
export function NumberField({ name, label, range, step, chosen = false }) {
  const { t } = useText();
  const { actions } = useServices();
  const { control, change } = useField(name);
  const set = (event) => change({ [name]: event.target.value === "" ? null : event.target.value });
  const makes = (event) => event.key === "Enter" && actions.make();
  return html`
    <${Field} name=${name} label=${label}>
      <div class="number">
        <input type="range" min=${range.min} max=${range.max} step=${step} value=${range.value}
          aria-label=${t("form.slider", { label })} onInput=${set} />
        <input type="number" ...${control} step=${step} value=${range.value} inputmode="decimal" onInput=${set} onKeyDown=${makes} />
        ${chosen && html`<${IconButton} icon="again" label=${t("form.preset", { value: range.default })} onClick=${() => change({ [name]: null })} />`}
      </div>
    <//>`;
}
