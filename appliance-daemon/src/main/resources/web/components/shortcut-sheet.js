import { modifierName, SHORTCUTS } from "../lib/shortcuts.js";
import { Dialog } from "../ui/dialog.js";
import { html } from "../ui/html.js";
import { useText } from "../ui/services.js";

export function ShortcutSheet({ onClose }) {
  const { t } = useText();
  const name = (key) => (key === "Ctrl" ? modifierName() : key);
  return html`
    <${Dialog} label=${t("shortcuts.title")} className="shortcut-sheet" onClose=${onClose}>
      <h2>${t("shortcuts.title")}</h2>
      <dl>
        ${SHORTCUTS.map(({ action, keys }) => html`
          <div key=${action}>
            <dt>${t(`shortcut.${action}`)}</dt>
            <dd>${keys.map((key) => html`<kbd key=${key}>${name(key)}</kbd>`)}</dd>
          </div>`)}
      </dl>
    <//>`;
}
