import { AuditPanel } from "../access/audit.js";
import { CertificatePanel } from "../access/certificate.js";
import { GuestsPanel } from "../access/guests.js";
import { KeysPanel } from "../access/keys.js";
import { PassphrasePanel } from "../access/passphrase.js";
import { createAudit } from "../state/audit.js";
import { atLeast } from "../state/session.js";
import { html, useEffect, useMemo } from "../ui/html.js";
import { useServices, useStore, useText } from "../ui/services.js";
import { useLoaded } from "../ui/use-loaded.js";

/** Who may do what on this box: guests, keys, the owner's passphrase, the box's certificate, and what was done. */
export function AccessTab() {
  const { session } = useServices();
  const { t } = useText();
  const owner = atLeast(useStore(session), "owner");
  return html`
    <div class="access">
      <h1>${t("tab.access")}</h1>
      ${owner ? html`<${OwnersPanels} />` : html`
        <p class="hint">${t("access.operatorText")}</p>
        <div class="cards"><${GuestsPanel} /><${CertificatePanel} /></div>`}
    </div>`;
}

function OwnersPanels() {
  const { api, gate } = useServices();
  const keys = useLoaded(() => gate.pass(api.keys));
  const audit = useMemo(() => createAudit(api), [api]);
  useEffect(() => void audit.refresh(), [audit]);
  const noted = () => audit.refresh();
  const keysChanged = () => {
    keys.reload();
    noted();
  };
  return html`
    <div class="access-panels">
      <div class="access-main">
        <${KeysPanel} keys=${keys} onChange=${keysChanged} />
        <${AuditPanel} audit=${audit} keys=${keys.value ?? []} />
      </div>
      <div class="access-side">
        <${GuestsPanel} onChange=${noted} />
        <${PassphrasePanel} onChange=${noted} />
        <${CertificatePanel} onChange=${noted} />
      </div>
    </div>`;
}
