import { html } from "../ui/html.js";
import { useMarks } from "./field.js";

/**
 * Radio buttons that look like one control.
 *
 * @param {{name: string, value: string, options: {value: string, label: unknown}[], onChoose: (value: string) => void}} properties
 */
export function Choices({ name, value, options, onChoose }) {
  const { control } = useMarks(name);
  return html`
    <div class="choices">
      ${options.map((option) => html`
        <label key=${option.value} class="choice">
          <input type="radio" name=${name} value=${option.value} checked=${option.value === value}
            aria-describedby=${control["aria-describedby"]}
            onChange=${() => onChoose(option.value)} />
          <span>${option.label}</span>
        </label>`)}
    </div>`;
}
