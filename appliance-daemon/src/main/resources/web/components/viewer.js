import { Dialog } from "../ui/dialog.js";
import { html, useEffect, useState } from "../ui/html.js";
import { IconButton } from "../ui/icon.js";
import { useServices, useStore, useText } from "../ui/services.js";
import { PictureActions } from "./picture-actions.js";
import { PictureFacts } from "./picture-facts.js";
import { Warnings } from "./warnings.js";

/** One picture, large, with everything that is known about it. */
export function Viewer({ id, tab }) {
  const { api, gallery, router } = useServices();
  useStore(gallery);
  const { t } = useText();
  const [fetched, setFetched] = useState(null);
  const [missing, setMissing] = useState(false);
  const pictures = gallery.visible();
  const index = pictures.findIndex((picture) => picture.id === id);
  const picture = pictures[index] ?? (fetched?.id === id ? fetched : null);
  const isHidden = gallery.get().hidden.has(id);

  useEffect(() => {
    setMissing(false);
    if (index < 0 && !isHidden) api.picture(id).then(setFetched, () => setMissing(true));
  }, [id]);
  useEffect(() => {
    if (isHidden) router.go(tab);
  }, [isHidden]);

  const close = () => router.go(tab);
  const previous = index > 0 ? pictures[index - 1] : null;
  const next = index >= 0 ? pictures[index + 1] : null;
  const show = (other) => other && router.go(tab, other.id);
  const onKeyDown = (event) => {
    if (event.key === "ArrowLeft") show(previous);
    else if (event.key === "ArrowRight") show(next);
    else return;
    event.preventDefault();
  };
  return html`
    <${Dialog} label=${t("picture.details")} className="viewer" onClose=${close} onKeyDown=${onKeyDown}>
      ${picture ? html`
        <div class="viewer-picture">
          <img src=${picture.url} width=${picture.width} height=${picture.height} alt=${picture.settings.prompt} />
          <div class="viewer-turn">
            <${IconButton} icon="previous" label=${t("picture.previous")} disabled=${!previous} onClick=${() => show(previous)} />
            <${IconButton} icon="next" label=${t("picture.next")} disabled=${!next} onClick=${() => show(next)} />
          </div>
        </div>
        <div class="viewer-text">
          <h2>${picture.settings.prompt}</h2>
          <${Warnings} warnings=${picture.warnings} />
          <${PictureActions} picture=${picture} />
          <${PictureFacts} picture=${picture} />
        </div>`
      : html`<p class="viewer-missing">${missing ? t("picture.missing") : t("form.loading")}</p>`}
    <//>`;
}
