import { createContext, html, useContext } from "../ui/html.js";
import { problemText } from "../ui/problem-text.js";
import { useServices, useText } from "../ui/services.js";

/**
 * The form around a field: the name that its ids begin with, and what was found wrong in it. The daemon names fields
 * as its API does, so a field's name is the name there.
 *
 * @typedef {{form: string, problem: import("../api/problem.js").Problem | null}} FormState
 */
const FormContext = createContext(/** @type {FormState} */ ({ form: "field", problem: null }));

export const FormScope = FormContext.Provider;

/**
 * What a form control needs to be found, described and marked when its value is refused.
 *
 * @param {string} name the request's field in the API
 * @param {{hint?: boolean}} [options]
 */
export function useMarks(name, { hint = false } = {}) {
  const { form, problem } = useContext(FormContext);
  const id = `${form}-${name}`;
  const wrong = flawOf(problem, name);
  const described = [wrong && `${id}-problem`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return {
    wrong,
    control: {
      id,
      name,
      "aria-invalid": wrong ? "true" : undefined,
      "aria-describedby": described || undefined,
    },
  };
}

/** The same for a field of the draft. */
export function useField(name, options) {
  const { actions, draft } = useServices();
  return {
    ...useMarks(name, options),
    /** @param {Partial<import("../state/draft.js").Draft>} patch */
    change(patch) {
      draft.set(patch);
      actions.touched(name);
    },
  };
}

/** A label, its control and, below, what is wrong with it. */
export function Field({ name, label, hint, className = "", children }) {
  const { form } = useContext(FormContext);
  return html`
    <div class="field ${className}">
      <label for="${form}-${name}">${label}</label>
      ${children}
      <${FieldProblem} name=${name} />
      ${hint && html`<p class="hint" id="${form}-${name}-hint">${hint}</p>`}
    </div>`;
}

/** The same for a set of radio buttons. */
export function FieldSet({ name, label, hint, className = "", children }) {
  const { form } = useContext(FormContext);
  return html`
    <fieldset class="field ${className}" id="${form}-${name}" tabindex="-1">
      <legend>${label}</legend>
      ${children}
      <${FieldProblem} name=${name} />
      ${hint && html`<p class="hint" id="${form}-${name}-hint">${hint}</p>`}
    </fieldset>`;
}

export function FieldProblem({ name }) {
  const { form, problem } = useContext(FormContext);
  const { t } = useText();
  if (!flawOf(problem, name)) return null;
  return html`<p class="field-problem" id="${form}-${name}-problem">${problem.fields?.[name] ?? problemText(problem, t)}</p>`;
}

const flawOf = (problem, name) => problem?.field === name || Boolean(problem?.fields?.[name]);

/** Brings a field that was refused into view, opening what hides it. */
export function reveal(form, field) {
  const control = field && document.getElementById(`${form}-${field}`);
  if (!control) return;
  const details = control.closest("details");
  if (details) details.open = true;
  control.focus();
}
