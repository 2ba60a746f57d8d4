import { html, useLayoutEffect, useRef } from "../ui/html.js";
import { IconButton } from "../ui/icon.js";
import { useServices, useStore, useText } from "../ui/services.js";

/** Short messages, above everything: a popover, so that an open dialog does not cover them. */
export function Toasts() {
  const store = useServices().toasts;
  const { toasts } = useStore(store);
  const { t } = useText();
  const ref = useRef(null);
  useLayoutEffect(() => {
    ref.current.hidePopover?.();
    if (toasts.length > 0) ref.current.showPopover?.();
  }, [toasts]);
  return html`
    <div ref=${ref} class="toasts" popover="manual" role="status" aria-live="polite">
      ${toasts.map(({ id, text, kind, action }) => html`
        <div key=${id} class="toast toast-${kind}">
          <span>${text}</span>
          ${action && html`<button type="button" class="link-button" onClick=${action.run}>${action.label}</button>`}
          <${IconButton} icon="close" label=${t("action.dismiss")} onClick=${() => store.dismiss(id)} />
        </div>`)}
    </div>`;
}
