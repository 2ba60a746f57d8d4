import { html } from "../ui/html.js";
import { useText } from "../ui/services.js";
import { PictureActions } from "./picture-actions.js";

/** Pictures side by side; arrow keys walk through them. */
export function PictureGrid({ pictures }) {
  const { t } = useText();
  return html`
    <ul class="grid" aria-label=${t("gallery.title")} onKeyDown=${walk}>
      ${pictures.map((picture) => html`
        <li key=${picture.id} class="card" data-picture=${picture.id}>
          <a class="card-picture" href="#/gallery/${encodeURIComponent(picture.id)}">
            <img src=${picture.url} width=${picture.width} height=${picture.height} loading="lazy" alt=${picture.settings.prompt} />
          </a>
          <p class="card-prompt" aria-hidden="true">${picture.settings.prompt}</p>
          <${PictureActions} picture=${picture} compact />
        </li>`)}
    </ul>`;
}

function walk(event) {
  const links = [...event.currentTarget.querySelectorAll(".card-picture")];
  const index = links.indexOf(document.activeElement);
  if (index < 0) return;
  const { top } = links[0].getBoundingClientRect();
  const columns = links.findIndex((link) => link.getBoundingClientRect().top > top + 4);
  const row = columns < 0 ? links.length : columns;
  const move = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row, Home: -index, End: links.length - 1 - index }[event.key];
  if (move === undefined) return;
  event.preventDefault();
  links[Math.min(links.length - 1, Math.max(0, index + move))].focus();
}
