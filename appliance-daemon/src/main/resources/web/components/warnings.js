import { html } from "../ui/html.js";
import { Icon } from "../ui/icon.js";

/** What the daemon changed or could not do, in its words. */
export function Warnings({ warnings }) {
  if (!warnings?.length) return null;
  return html`
    <ul class="warnings">
      ${warnings.map((text) => html`<li key=${text} lang="en"><${Icon} name="info" /> <span>${text}</span></li>`)}
    </ul>`;
}
