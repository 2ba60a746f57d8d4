import { formatDuration } from "../lib/format.js";
import { html, useEffect, useState } from "../ui/html.js";
import { Icon, IconButton } from "../ui/icon.js";
import { problemText } from "../ui/problem-text.js";
import { useText } from "../ui/services.js";
import { Field, FormScope, reveal, useMarks } from "./field.js";

/**
 * A form that is sent to the box. What is refused shows at its field, or above the button.
 *
 * @param {object} properties
 * @param {string} properties.name what the ids of its fields begin with
 * @param {string[]} properties.fields those that show their own problems
 * @param {import("../ui/use-submission.js").Submission} properties.submission
 * @param {unknown} properties.foot its buttons
 * @param {unknown} properties.children
 */
export function Form({ name, fields, submission, foot, children }) {
  const { problem, submit } = submission;
  const flawed = Object.keys(problem?.fields ?? {});
  useEffect(() => reveal(name, problem?.field || flawed[0]), [problem]);
  const send = (event) => {
    event.preventDefault();
    submit();
  };
  return html`
    <${FormScope} value=${{ form: name, problem }}>
      <form class="form" id=${name} novalidate onSubmit=${send}>
        ${children}
        <${Refusal} problem=${fields.includes(problem?.field) || flawed.length > 0 ? null : problem} />
        <div class="form-foot">${foot}</div>
      </form>
    <//>`;
}

/** Why something was refused, told at once. */
export function Refusal({ problem }) {
  const { t } = useText();
  return html`<div role="alert" class="refusal">${problem && html`<p class="form-problem">${problemText(problem, t)}</p>`}</div>`;
}

/** The button of a form; while the box wants to wait, it tells how long. */
export function Submit({ submission: { busy, wait }, icon, danger = false, children }) {
  const { t } = useText();
  return html`
    <button type="submit" class="button ${danger ? "button-danger" : "button-main"}" aria-disabled=${busy || wait > 0 ? "true" : undefined}>
      <${Icon} name=${wait > 0 ? "clock" : icon} /> ${wait > 0 ? t("action.wait", { time: formatDuration(wait, t) }) : children}
    </button>`;
}

/** One line of text. */
export function TextField({ name, label, hint, className, onChange, ...rest }) {
  const { control } = useMarks(name, { hint: Boolean(hint) });
  return html`
    <${Field} name=${name} label=${label} hint=${hint} className=${className}>
      <input type="text" ...${control} autocomplete="off" spellcheck="false" ...${rest} onInput=${(event) => onChange(event.target.value)} />
    <//>`;
}

/**
 * One of several.
 *
 * @param {object} properties
 * @param {{value: string, label: string}[]} properties.options
 * @param {(value: string) => void} properties.onChange
 */
export function SelectField({ name, label, hint, value, options, onChange }) {
  const { control } = useMarks(name, { hint: Boolean(hint) });
  return html`
    <${Field} name=${name} label=${label} hint=${hint}>
      <select ...${control} value=${value} onChange=${(event) => onChange(event.target.value)}>
        ${options.map((option) => html`<option key=${option.value} value=${option.value} selected=${option.value === value}>${option.label}</option>`)}
      </select>
    <//>`;
}

/** A secret that one may look at while typing it. */
export function SecretField({ name, label, hint, onChange, ...rest }) {
  const { t } = useText();
  const { control } = useMarks(name, { hint: Boolean(hint) });
  const [shown, setShown] = useState(false);
  return html`
    <${Field} name=${name} label=${label} hint=${hint}>
      <div class="secret">
        <input type=${shown ? "text" : "password"} ...${control} autocapitalize="off" spellcheck="false" ...${rest}
          onInput=${(event) => onChange(event.target.value)} />
        <${IconButton} icon=${shown ? "eyeOff" : "eye"} label=${t(shown ? "action.hide" : "action.show")} aria-pressed=${shown ? "true" : "false"}
          onClick=${() => setShown(!shown)} />
      </div>
    <//>`;
}
