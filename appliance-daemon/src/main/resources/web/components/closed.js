import { html } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useStore, useText } from "../ui/services.js";

/** A place that is not open to the one who stands before it: why, and what helps. */
export function Closed({ title, text }) {
  const { gate, session } = useServices();
  const { claimed } = useStore(session);
  const { t } = useText();
  return html`
    <div class="empty closed">
      <div class="closed-art" aria-hidden="true"><${Icon} name="lock" /></div>
      <h1>${title}</h1>
      <p>${text}</p>
      <button type="button" class="button button-main" onClick=${claimed ? gate.signIn : gate.claim}>
        <${Icon} name="key" /> ${t(claimed ? "account.signIn" : "claim.action")}
      </button>
    </div>`;
}
