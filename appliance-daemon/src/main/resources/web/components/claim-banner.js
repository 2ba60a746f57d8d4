import { html } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useStore, useText } from "../ui/services.js";

/** A box without an owner says so until it has one. */
export function ClaimBanner() {
  const { gate, session } = useServices();
  const { known, claimed } = useStore(session);
  const { t } = useText();
  if (!known || claimed) return null;
  return html`
    <aside class="claim-banner" aria-label=${t("claim.banner")}>
      <${Icon} name="key" />
      <p><strong>${t("claim.banner")}</strong> ${t("claim.bannerText")}</p>
      <button type="button" id="claim-open" class="button" onClick=${gate.claim}>${t("claim.action")}</button>
    </aside>`;
}
