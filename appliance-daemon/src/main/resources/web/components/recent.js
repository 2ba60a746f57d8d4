import { html } from "../ui/html.js";
import { useServices, useStore, useText } from "../ui/services.js";

const COUNT = 12;

/** The latest pictures in a row; a click puts one on the stage. */
export function Recent() {
  const { gallery, stage } = useServices();
  useStore(gallery);
  const { pinned } = useStore(stage);
  const { t } = useText();
  const pictures = gallery.visible().slice(0, COUNT);
  if (pictures.length < 2) return null;
  return html`
    <nav class="recent" aria-label=${t("recent.title")}>
      <ul>
        ${pictures.map((picture) => html`
          <li key=${picture.id}>
            <button type="button" data-picture=${picture.id} aria-pressed=${pinned?.picture === picture.id ? "true" : "false"}
              title=${picture.settings.prompt} onClick=${() => stage.showPicture(picture.id)}>
              <img src=${picture.url} width="72" height="72" loading="lazy" alt=${picture.settings.prompt} />
            </button>
          </li>`)}
      </ul>
      <a href="#/gallery">${t("recent.all")}</a>
    </nav>`;
}
