import { ACCEPTED, imageFrom, readStartImage } from "../lib/image.js";
import { fromSettings } from "../state/draft.js";
import { html, useState } from "../ui/html.js";
import { Icon, IconButton } from "../ui/icon.js";
import { useServices, useStore, useText } from "../ui/services.js";
import { Field, FieldProblem, useField } from "./field.js";

/**
 * Takes a picture to start from. One that was made here carries its settings: they are offered.
 *
 * @returns {(file: File) => Promise<void>}
 */
export function useStartImage() {
  const { api, draft, toasts } = useServices();
  const { t } = useText();
  return async (file) => {
    try {
      draft.set({ image: await readStartImage(file) });
    } catch {
      toasts.show(t("toast.imageUnreadable"), { kind: "error" });
      return;
    }
    if (file.type !== "image/png") return;
    try {
      const settings = await api.readPicture(file);
      const toast = toasts.show(t("toast.settingsFound"), {
        milliseconds: 10_000,
        action: {
          label: t("toast.useSettings"),
          run() {
            draft.set({ ...fromSettings(settings), image: null });
            toasts.dismiss(toast);
          },
        },
      });
    } catch {
      // most pictures carry no settings
    }
  };
}

/** The picture to start from, by drop, paste or choice, and how much of it to replace. */
export function StartImage({ allowed }) {
  const { draft } = useServices();
  const { image, strength } = useStore(draft);
  const { t } = useText();
  const take = useStartImage();
  const [over, setOver] = useState(false);
  const strengthField = useField("strength");

  if (!allowed && !image) return html`<p class="hint"><${Icon} name="image" /> ${t("form.imageNotAllowed")}</p>`;
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    const file = imageFrom(event.dataTransfer);
    if (file) take(file);
  };
  const drag = (event) => {
    event.preventDefault();
    setOver(event.type === "dragover");
  };
  if (!image) {
    return html`
      <div class="field">
        <label class="drop ${over ? "drop-over" : ""}" onDrop=${drop} onDragOver=${drag} onDragLeave=${drag}>
          <input type="file" id="field-image" class="visually-hidden" accept=${ACCEPTED}
            onChange=${(event) => event.target.files[0] && take(event.target.files[0])} />
          <${Icon} name="image" /> <span>${t("form.image")}</span>
        </label>
        <${FieldProblem} name="image" />
      </div>`;
  }
  return html`
    <div class="field start" onDrop=${drop} onDragOver=${drag}>
      <img class="start-image" src=${image.url} alt=${t("form.imageAlt", { name: image.name })} />
      <${Field} name="strength" label=${t("form.strength", { percent: Math.round(strength * 100) })}>
        <input type="range" ...${strengthField.control} min="0.05" max="1" step="0.05" value=${strength}
          onInput=${(event) => strengthField.change({ strength: Number(event.target.value) })} />
        <p class="hint scale"><span>${t("form.strengthLow")}</span><span>${t("form.strengthHigh")}</span></p>
      <//>
      <${IconButton} icon="close" label=${t("form.imageRemove")} onClick=${() => draft.set({ image: null })} />
      <${FieldProblem} name="image" />
    </div>`;
}
