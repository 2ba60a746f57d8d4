import { html } from "../ui/html.js";
import { problemText } from "../ui/problem-text.js";
import { useServices, useStore, useText } from "../ui/services.js";

/**
 * What a form control needs to be found, described and marked when the daemon refuses its value.
 *
 * @param {string} name the request's field in the API
 * @param {{hint?: boolean}} [options]
 */
export function useField(name, { hint = false } = {}) {
  const { actions, draft } = useServices();
  const { problem } = useStore(actions.form);
  const wrong = problem?.field === name;
  const described = [wrong && `problem-${name}`, hint && `hint-${name}`].filter(Boolean).join(" ");
  return {
    wrong,
    control: {
      id: `field-${name}`,
      name,
      "aria-invalid": wrong ? "true" : undefined,
      "aria-describedby": described || undefined,
    },
    /** @param {Partial<import("../state/draft.js").Draft>} patch */
    change(patch) {
      draft.set(patch);
      actions.touched(name);
    },
  };
}

/** A label, its control and, below, what is wrong with it. */
export function Field({ name, label, hint, className = "", children }) {
  return html`
    <div class="field ${className}">
      <label for="field-${name}">${label}</label>
      ${children}
      ${hint && html`<p class="hint" id="hint-${name}">${hint}</p>`}
      <${FieldProblem} name=${name} />
    </div>`;
}

/** The same for a set of radio buttons. */
export function FieldSet({ name, label, className = "", children }) {
  return html`
    <fieldset class="field ${className}" id="field-${name}" tabindex="-1">
      <legend>${label}</legend>
      ${children}
      <${FieldProblem} name=${name} />
    </fieldset>`;
}

export function FieldProblem({ name }) {
  const { problem } = useStore(useServices().actions.form);
  const { t } = useText();
  if (problem?.field !== name) return null;
  return html`<p class="field-problem" id="problem-${name}">${problemText(problem, t)}</p>`;
}
