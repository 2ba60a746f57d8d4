import { passphraseStrength, SHORTEST } from "../lib/passphrase.js";
import { html } from "../ui/html.js";
import { useText } from "../ui/services.js";
import { SecretField } from "./form.js";

/**
 * Two fields that must agree, and how good the secret is.
 *
 * @param {object} properties
 * @param {{passphrase: string, repeat: string}} properties.value
 * @param {(field: "passphrase" | "repeat", text: string) => void} properties.onChange
 */
export function NewPassphrase({ value, onChange }) {
  const { t } = useText();
  return html`
    <div class="new-passphrase">
      <${SecretField} name="passphrase" label=${t("claim.passphrase")} autocomplete="new-password" hint=${html`<${Strength} passphrase=${value.passphrase} />`}
        value=${value.passphrase} onChange=${(text) => onChange("passphrase", text)} />
      <${SecretField} name="repeat" label=${t("claim.repeat")} autocomplete="new-password"
        value=${value.repeat} onChange=${(text) => onChange("repeat", text)} />
    </div>`;
}

function Strength({ passphrase }) {
  const { t } = useText();
  const level = passphrase ? passphraseStrength(passphrase) : "none";
  return html`
    <span class="strength" data-level=${level}>
      <span class="strength-bar" aria-hidden="true"><span></span><span></span><span></span></span>
      <span>${t(`strength.${level}`, { n: SHORTEST })}</span>
    </span>`;
}
