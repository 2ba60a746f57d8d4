import { html, useEffect, useRef } from "./html.js";
import { IconButton } from "./icon.js";
import { useText } from "./services.js";

/**
 * A modal dialog on the browser's own element: focus begins at what is marked `data-focus`, stays inside and
 * returns; Esc closes it, and so does a click beside it unless it is `firm`, because something is written in it.
 */
export function Dialog({ label, className = "", firm = false, onClose, onKeyDown, children }) {
  const { t } = useText();
  const ref = useRef(null);
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog.showModal();
    (dialog.querySelector("[data-focus]") ?? dialog).focus();
    return () => {
      dialog.close();
      if (before?.isConnected) before.focus();
    };
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    onClose();
  };
  const outside = (event) => !firm && event.target === ref.current && onClose();
  return html`
    <dialog ref=${ref} tabindex="-1" class="dialog ${className}" aria-label=${label} onCancel=${cancel} onClick=${outside} onKeyDown=${onKeyDown}>
      <div class="dialog-body">
        ${children}
        <div class="dialog-close"><${IconButton} icon="close" label=${t("action.close")} onClick=${onClose} /></div>
      </div>
    </dialog>`;
}
