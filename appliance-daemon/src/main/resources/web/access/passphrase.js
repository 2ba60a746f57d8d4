import { Form, SecretField, Submit } from "../components/form.js";
import { NewPassphrase } from "../components/new-passphrase.js";
import { requireAgreement } from "../lib/passphrase.js";
import { html, useEffect, useRef, useState } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useText } from "../ui/services.js";
import { useSubmission } from "../ui/use-submission.js";

const EMPTY = { current: "", passphrase: "", repeat: "" };

/** A new passphrase for the owner; other browsers must sign in again. */
export function PassphrasePanel({ onChange }) {
  const { api, gate, toasts } = useServices();
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const [values, setValues] = useState(EMPTY);
  const submission = useSubmission(async () => {
    requireAgreement(values);
    try {
      await gate.pass(() => api.changePassphrase({ current: values.current, passphrase: values.passphrase }));
    } catch (problem) {
      throw problem.code === "WRONG_PASSPHRASE" ? problem.at("current") : problem;
    }
    close();
    toasts.show(t("toast.passphraseChanged"));
    onChange();
  });
  const wasOpen = useRef(false);
  useEffect(() => {
    if (open || wasOpen.current) document.getElementById(open ? "passphrase-current" : "change-passphrase").focus();
    wasOpen.current = open;
  }, [open]);
  const close = () => {
    setValues(EMPTY);
    setOpen(false);
  };
  const change = (field, text) => {
    setValues((now) => ({ ...now, [field]: text }));
    submission.touched(field);
  };
  const foot = html`
    <button type="button" class="button" onClick=${close}>${t("action.cancel")}</button>
    <${Submit} submission=${submission} icon="check">${t("passphrase.action")}<//>`;
  return html`
    <section class="panel">
      <h2>${t("passphrase.title")}</h2>
      <p class="hint">${t("passphrase.text")}</p>
      ${open
        ? html`
          <${Form} name="passphrase" fields=${["current", "passphrase", "repeat"]} submission=${submission} foot=${foot}>
            <input type="text" autocomplete="username" value="owner" hidden readonly />
            <${SecretField} name="current" label=${t("passphrase.current")} autocomplete="current-password"
              value=${values.current} onChange=${(text) => change("current", text)} />
            <${NewPassphrase} value=${values} onChange=${change} />
          <//>`
        : html`<p><button type="button" id="change-passphrase" class="button" onClick=${() => setOpen(true)}><${Icon} name="edit" /> ${t("passphrase.change")}</button></p>`}
    </section>`;
}
