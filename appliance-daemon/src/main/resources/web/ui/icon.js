import { html } from "./html.js";

/** A drawing of images/icons.svg; decoration only, words stand beside it or in the label. */
export const Icon = ({ name }) => html`
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <use href="images/icons.svg#${name}" />
  </svg>`;

/** A button that is only an icon. `label` is its name and its tooltip. */
export const IconButton = ({ icon, label, ...rest }) => html`
  <button type="button" class="icon-button" aria-label=${label} title=${label} ...${rest}>
    <${Icon} name=${icon} />
  </button>`;
