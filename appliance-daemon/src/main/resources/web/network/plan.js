import { Form, Submit } from "../components/form.js";
import { Field, useMarks } from "../components/field.js";
import { diffLines, sentence } from "../lib/network.js";
import { Dialog } from "../ui/dialog.js";
import { html, useState } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useText } from "../ui/services.js";
import { useSubmission } from "../ui/use-submission.js";

const WINDOWS = [60, 120, 300, 600, 900];
const USUAL = 120;

/** What would happen, and the button that makes it happen for a while. */
export function PlanDialog({ plan, owner, onApply, onClose }) {
  const { api, gate } = useServices();
  const { t } = useText();
  const [window, setWindow] = useState(USUAL);
  const [auto, setAuto] = useState(true);
  const [force, setForce] = useState(false);
  const submission = useSubmission(async () => {
    const announced = await gate.pass(() => api.applyNetwork({ plan: plan.id, window, ...(force ? { force } : {}) }));
    onApply(announced, { auto });
  });
  const may = owner && plan.changes;
  const foot = html`
    <button type="button" class="button" data-focus onClick=${onClose}>${t(may ? "action.cancel" : "action.close")}</button>
    ${may && html`<${Submit} submission=${submission} icon="check" danger=${plan.needs_force}>${t("plan.apply", { minutes: window / 60 })}<//>`}`;
  return html`
    <${Dialog} label=${t("plan.title")} className="plan-dialog" firm onClose=${onClose}>
      <h2>${t(plan.changes ? "plan.title" : "plan.nothing")}</h2>
      <${Form} name="plan" fields=${[]} submission=${submission} foot=${foot}>
        <${Consequences} of=${plan} />
        ${plan.urls.length > 0 && plan.changes && html`
          <div><p>${t("plan.urls")}</p><ul class="plain">${plan.urls.map((url) => html`<li key=${url}><code>${url}</code></li>`)}</ul></div>`}
        <${Diff} text=${plan.yaml_diff} label=${t("plan.yaml")} open />
        <${Diff} text=${plan.generated_diff} label=${t("plan.generated")} />
        ${may && html`
          <div class="plan-terms">
            <${WindowChoice} value=${window} onChange=${setWindow} />
            <label class="check"><input type="checkbox" id="plan-auto" checked=${auto} onChange=${() => setAuto(!auto)} /> <span>${t("plan.auto")}</span></label>
            ${plan.needs_force && html`<label class="check"><input type="checkbox" id="plan-force" checked=${force} onChange=${() => setForce(!force)} /> <span>${t("plan.force")}</span></label>`}
          </div>
          <p class="notice"><${Icon} name="clock" /> <span>${t("plan.safety")}</span></p>`}
        ${plan.changes && !owner && html`<p class="hint">${t("plan.ownerOnly")}</p>`}
      <//>
    <//>`;
}

/** The box's own sentences: what people notice, what is doubtful, who else writes these files. */
function Consequences({ of: { consequences, findings, editors } }) {
  if (consequences.length + findings.length + editors.length === 0) return null;
  return html`
    <ul class="consequences" lang="en">
      ${consequences.map(({ code, text }) => html`<li key=${code + text}><${Icon} name="info" /> <span>${text}</span></li>`)}
      ${findings.map((finding) => html`<li key=${finding.code + finding.path} class="doubt"><${Icon} name="warning" /> <span>${sentence(finding)}</span></li>`)}
      ${editors.map(({ program, files, advice }) => html`<li key=${program}><${Icon} name="edit" /> <span>${program}: ${files}. ${advice}</span></li>`)}
    </ul>`;
}

/** A unified diff: what goes and what comes tell themselves by their sign as well as by colour. */
export function Diff({ text, label, open = false }) {
  if (!text) return null;
  return html`
    <details class="diff-box" open=${open}>
      <summary>${label}</summary>
      <pre class="diff" tabindex="0" aria-label=${label}>${diffLines(text).map(({ kind, text: line }, index) => html`<span key=${index} class="diff-${kind}">${line}${"\n"}</span>`)}</pre>
    </details>`;
}

function WindowChoice({ value, onChange }) {
  const { control } = useMarks("window");
  const { t } = useText();
  return html`
    <${Field} name="window" label=${t("plan.window")}>
      <select ...${control} value=${value} onChange=${(event) => onChange(Number(event.target.value))}>
        ${WINDOWS.map((seconds) => html`<option key=${seconds} value=${seconds} selected=${seconds === value}>${t("unit.minutes", { n: seconds / 60 })}</option>`)}
      </select>
    <//>`;
}
