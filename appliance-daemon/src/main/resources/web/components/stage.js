import { describeProgress } from "../lib/progress.js";
import { isActive } from "../state/jobs.js";
import { stageContent } from "../state/stage.js";
import { html, useEffect, useRef } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { problemText } from "../ui/problem-text.js";
import { useServices, useStore, useText } from "../ui/services.js";
import { PictureActions } from "./picture-actions.js";
import { describePicture } from "./picture-facts.js";
import { Progress } from "./progress.js";
import { Warnings } from "./warnings.js";

/** The place for the picture: one that comes, one that is there, or an invitation. */
export function Stage() {
  const { gallery, jobs, stage } = useServices();
  const state = { ...useStore(stage), ...useStore(jobs) };
  const { hidden, loaded } = useStore(gallery);
  const { t } = useText();
  const content = stageContent({ ...state, pictures: gallery.visible(), hidden });
  return html`
    <section class="stage" aria-label=${t("stage.title")}>
      <${Content} ...${content} preview=${state.previews[content.job?.id]} loaded=${loaded} />
      <p class="visually-hidden" role="status" aria-live="polite">${announcement(content, t)}</p>
    </section>`;
}

function Content({ job, pictures, preview, loaded }) {
  if (pictures?.length === 1) return html`<${Single} key=${pictures[0].id} picture=${pictures[0]} />`;
  if (pictures) return html`<${Several} pictures=${pictures} warnings=${job?.warnings} />`;
  if (job && isActive(job)) return html`<${Coming} key=${job.id} job=${job} preview=${preview} />`;
  if (job) return html`<${Ended} job=${job} />`;
  return html`<${Empty} loaded=${loaded} />`;
}

/** The shape of the picture; the style sheet decides how large. */
const shape = ({ width, height }) => ({ "--ratio": `${width} / ${height}`, "--width-by-height": width / height });

function Single({ picture }) {
  const { router } = useServices();
  const { t } = useText();
  return html`
    <figure class="shown" data-picture=${picture.id}>
      <button type="button" class="frame frame-open" style=${shape(picture)} title=${t("action.open")}
        aria-label=${t("picture.openNamed", { prompt: picture.settings.prompt })} onClick=${() => router.go("generate", picture.id)}>
        <img class="glow" src=${picture.url} alt="" />
        <img id="stage-picture" src=${picture.url} width=${picture.width} height=${picture.height} alt=${picture.settings.prompt} />
      </button>
      <figcaption>
        <p class="shown-prompt">${picture.settings.prompt}</p>
        <p class="facts">${describePicture(picture, t)}</p>
        <${Warnings} warnings=${picture.warnings} />
      </figcaption>
      <${PictureActions} picture=${picture} />
    </figure>`;
}

function Several({ pictures, warnings }) {
  const { stage } = useServices();
  const { t } = useText();
  return html`
    <figure class="shown">
      <ul class="contact-sheet">
        ${pictures.map((picture) => html`
          <li key=${picture.id}>
            <button type="button" style=${shape(picture)} title=${t("picture.seed", { seed: picture.settings.seed })}
              onClick=${() => stage.showPicture(picture.id)}>
              <img src=${picture.url} width=${picture.width} height=${picture.height} alt=${t("picture.named", { prompt: picture.settings.prompt, seed: picture.settings.seed })} />
            </button>
          </li>`)}
      </ul>
      <figcaption>
        <p class="shown-prompt">${pictures[0].settings.prompt}</p>
        <p class="facts">${t("picture.several", { n: pictures.length })}</p>
        <${Warnings} warnings=${warnings} />
      </figcaption>
    </figure>`;
}

function Coming({ job, preview }) {
  const { actions, jobs } = useServices();
  const { t } = useText();
  const ref = useRef(null);
  // on a small screen the stage is below the form: what one has asked for comes into view
  useEffect(() => {
    if (jobs.get().mine.includes(job.id)) ref.current.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }, []);
  const { settings, progress } = job;
  const blur = { "--blur": `${Math.round((1 - (progress?.fraction ?? 0)) * 14)}px` };
  const done = (job.pictures ?? []).at(-1);
  const picture = preview?.url ?? done?.url;
  return html`
    <figure ref=${ref} class="shown" data-job=${job.id} aria-busy="true">
      <div class="frame frame-coming" style=${{ ...shape(settings), ...blur }}>
        ${picture && html`<img id="stage-preview" src=${picture} alt=${t("stage.preview")} />`}
      </div>
      <figcaption>
        <p class="shown-prompt">${settings.prompt}</p>
        <${Progress} job=${job} />
        <${Warnings} warnings=${job.warnings} />
      </figcaption>
      <div class="picture-actions">
        <button type="button" id="cancel" class="button" onClick=${() => actions.cancel(job.id)}>
          <${Icon} name="close" /> ${t("action.cancel")} <kbd>Esc</kbd>
        </button>
      </div>
    </figure>`;
}

function Ended({ job }) {
  const { actions, jobs } = useServices();
  const { t } = useText();
  const failed = job.status === "failed";
  return html`
    <figure class="shown" data-job=${job.id}>
      <div class="frame frame-ended ${failed ? "frame-failed" : ""}" style=${shape(job.settings)}>
        <${Icon} name=${failed ? "warning" : "close"} />
        <p><strong>${t(`job.${job.status}`)}</strong></p>
        ${(failed || job.error?.code === "TOO_HOT") && html`<p>${problemText(job.error ?? {}, t)}</p>`}
      </div>
      <figcaption><p class="shown-prompt">${job.settings.prompt}</p></figcaption>
      <div class="picture-actions">
        <button type="button" class="button" onClick=${() => actions.retry(job)}><${Icon} name="again" /> ${t("action.retry")}</button>
        <button type="button" class="button" onClick=${() => jobs.dismiss(job.id)}><${Icon} name="close" /> ${t("action.dismiss")}</button>
      </div>
    </figure>`;
}

function Empty({ loaded }) {
  const { t } = useText();
  return html`
    <div class="empty">
      <div class="empty-art" aria-hidden="true"><span></span><span></span><span></span></div>
      <h1>${t("stage.emptyTitle")}</h1>
      <p>${loaded ? t("stage.emptyText") : t("form.loading")}</p>
    </div>`;
}

/** Told to a screen reader: what changed, not each step. */
function announcement({ job, pictures }, t) {
  if (pictures && job) return t("stage.done", { prompt: job.settings.prompt });
  if (!job) return "";
  if (job.status === "queued") return describeProgress({ ...job, eta_seconds: null }, t);
  return job.status === "running" ? t("stage.started", { prompt: job.settings.prompt }) : t(`job.${job.status}`);
}
