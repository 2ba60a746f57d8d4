import { Closed } from "../components/closed.js";
import { PictureGrid } from "../components/picture-grid.js";
import { mayMake } from "../state/session.js";
import { html, useEffect, useRef } from "../ui/html.js";
import { useServices, useStore, useText } from "../ui/services.js";

/** The pictures that this person may see. */
export function GalleryTab() {
  const who = useStore(useServices().session);
  const { t } = useText();
  if (!mayMake(who)) return html`<${Closed} title=${t("closed.title")} text=${t("closed.guests")} />`;
  return html`<${Pictures} />`;
}

/** Loaded as one scrolls. */
function Pictures() {
  const { actions, gallery } = useServices();
  const { complete, failed, loaded, loading } = useStore(gallery);
  const { t } = useText();
  const pictures = gallery.visible();
  const end = useRef(null);

  useEffect(() => {
    const load = () => gallery.more().catch(actions.complain);
    const observer = new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && load(), { rootMargin: "600px" });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [pictures.length]);

  return html`
    <div class="gallery">
      <h1>${t("gallery.title")}</h1>
      ${loaded && pictures.length === 0 && html`
        <div class="empty">
          <div class="empty-art" aria-hidden="true"><span></span><span></span><span></span></div>
          <h2>${t("gallery.emptyTitle")}</h2>
          <p>${t("gallery.emptyText")}</p>
          <a class="button" href="#/generate">${t("gallery.emptyAction")}</a>
        </div>`}
      ${pictures.length > 0 && html`<${PictureGrid} pictures=${pictures} />`}
      <div ref=${end} class="gallery-end" role="status">
        ${loading && t("form.loading")}
        ${failed && html`${t("gallery.failed")} <button type="button" class="link-button" onClick=${() => gallery.retry().catch(actions.complain)}>${t("action.retry")}</button>`}
        ${complete && pictures.length > 12 && t("gallery.end", { n: pictures.length })}
      </div>
    </div>`;
}
