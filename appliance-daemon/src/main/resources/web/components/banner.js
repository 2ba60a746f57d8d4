import { html } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useStore, useText } from "../ui/services.js";

/** Says that the box does not answer, until it does. */
export function Banner() {
  const { online } = useStore(useServices().connection);
  const { t } = useText();
  return html`
    <div role="status" class="banner-place">
      ${!online && html`<p class="banner"><${Icon} name="warning" /> ${t("page.offline")}</p>`}
    </div>`;
}
