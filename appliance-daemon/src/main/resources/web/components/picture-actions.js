import { requestFor } from "../state/draft.js";
import { html } from "../ui/html.js";
import { Icon, IconButton } from "../ui/icon.js";
import { useServices, useText } from "../ui/services.js";

/** What one can do with a finished picture. `compact` shows icons only. */
export function PictureActions({ picture, compact = false, onRemoved }) {
  const { actions } = useServices();
  const { t } = useText();
  const remove = () => {
    onRemoved?.();
    actions.remove(picture);
  };
  const again = () => actions.again(picture);
  const variation = () => actions.variation(picture);
  const request = () => requestFor(picture.settings);
  if (compact) {
    return html`
      <div class="card-actions">
        <${IconButton} icon="again" label=${t("action.again")} onClick=${again} />
        <${IconButton} icon="variation" label=${t("action.variation")} onClick=${variation} />
        <${IconButton} icon="download" label=${t("action.download")} onClick=${() => actions.download(picture)} />
        <${IconButton} icon="trash" label=${t("action.delete")} onClick=${remove} />
      </div>`;
  }
  return html`
    <div class="picture-actions" role="group" aria-label=${t("picture.actions")}>
      <button type="button" class="button" data-action="again" title=${t("action.againTitle")} onClick=${again}><${Icon} name="again" /> ${t("action.again")}</button>
      <button type="button" class="button" data-action="variation" title=${t("action.variationTitle")} onClick=${variation}><${Icon} name="variation" /> ${t("action.variation")}</button>
      <span class="icon-group">
        <${IconButton} icon="edit" label=${t("action.edit")} onClick=${() => actions.edit(picture)} />
        <${IconButton} icon="download" label=${t("action.download")} onClick=${() => actions.download(picture)} />
        <${IconButton} icon="copy" label=${t("action.copyPrompt")} onClick=${() => actions.copyPrompt(picture)} />
        <${IconButton} icon="code" label=${t("action.copyCurl")} onClick=${() => actions.copyCurl(request())} />
        <${IconButton} icon="trash" label=${t("action.delete")} onClick=${remove} />
      </span>
    </div>`;
}
