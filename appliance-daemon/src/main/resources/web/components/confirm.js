import { Dialog } from "../ui/dialog.js";
import { html } from "../ui/html.js";
import { useServices, useText } from "../ui/services.js";
import { useSubmission } from "../ui/use-submission.js";
import { Form, Submit } from "./form.js";

/**
 * Asks before something is done; stays open, with the reason, when it cannot be done.
 *
 * @param {object} properties
 * @param {string} properties.title
 * @param {unknown} properties.children what will happen
 * @param {string} properties.action the button's word
 * @param {string} properties.icon
 * @param {boolean} [properties.danger]
 * @param {() => Promise<unknown>} properties.run
 * @param {() => void} properties.onClose also after it is done
 */
export function Confirm({ title, children, action, icon, danger = false, run, onClose }) {
  const { gate } = useServices();
  const { t } = useText();
  const submission = useSubmission(async () => {
    await gate.pass(run);
    onClose();
  });
  const foot = html`
    <button type="button" class="button" data-focus onClick=${onClose}>${t("action.cancel")}</button>
    <${Submit} submission=${submission} icon=${icon} danger=${danger}>${action}<//>`;
  return html`
    <${Dialog} label=${title} className="dialog-form" onClose=${onClose}>
      <h2>${title}</h2>
      <${Form} name="confirm" fields=${[]} submission=${submission} foot=${foot}>${children}<//>
    <//>`;
}
