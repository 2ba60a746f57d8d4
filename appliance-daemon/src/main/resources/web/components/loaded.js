import { html } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { problemText } from "../ui/problem-text.js";
import { useText } from "../ui/services.js";

/**
 * What is shown of something that is fetched: that it comes, that it did not, or itself.
 *
 * @template T
 * @param {{of: {value: T | null, problem: object | null, reload: () => void}, children: (value: T) => unknown}} properties
 */
export function Loaded({ of: { value, problem, reload }, children }) {
  const { t } = useText();
  return html`
    ${problem && html`
      <div class="notice" role="alert">
        <${Icon} name="warning" /> <span>${problemText(problem, t)}</span>
        <button type="button" class="link-button" onClick=${reload}>${t("action.retry")}</button>
      </div>`}
    ${value !== null ? children(value) : !problem && html`<p class="hint" role="status">${t("form.loading")}</p>`}`;
}
