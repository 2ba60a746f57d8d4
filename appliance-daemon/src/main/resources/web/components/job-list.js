import { describeProgress } from "../lib/progress.js";
import { isActive } from "../state/jobs.js";
import { stageContent } from "../state/stage.js";
import { html } from "../ui/html.js";
import { IconButton } from "../ui/icon.js";
import { useServices, useStore, useText } from "../ui/services.js";

/** The jobs that are not on the stage: what waits, what runs, what failed. */
export function JobList() {
  const { actions, gallery, jobs, stage } = useServices();
  const state = { ...useStore(stage), ...useStore(jobs) };
  const { hidden } = useStore(gallery);
  const { t } = useText();
  const shown = stageContent({ ...state, pictures: gallery.visible(), hidden }).job?.id;
  // in the order in which they run; what failed comes last
  const others = state.jobs.filter(({ id }) => id !== shown).reverse();
  const listed = [...others.filter(isActive), ...others.filter((job) => isRemembered(job, state))];
  if (listed.length === 0) return null;
  return html`
    <section class="job-list" aria-labelledby="jobs-title">
      <h2 id="jobs-title">${t("jobs.title")}</h2>
      <ul>
        ${listed.map((job) => html`
          <li key=${job.id} class="job job-${job.status}" data-job=${job.id}>
            <button type="button" class="job-open" onClick=${() => stage.showJob(job.id)}>
              ${state.previews[job.id] && html`<img src=${state.previews[job.id].url} alt="" />`}
              <span class="job-prompt">${job.settings.prompt}</span>
              <span class="job-state">${describeProgress(job, t)}</span>
            </button>
            ${isActive(job)
              ? html`<progress max="1" value=${job.progress?.fraction ?? 0} aria-label=${t("job.progress")}></progress>
                  <${IconButton} icon="close" label=${t("action.cancelNamed", { prompt: job.settings.prompt })} onClick=${() => actions.cancel(job.id)} />`
              : html`<${IconButton} icon="close" label=${t("action.dismiss")} onClick=${() => jobs.dismiss(job.id)} />`}
          </li>`)}
      </ul>
    </section>`;
}

/** A failure of this page's own stays until it is put away. */
function isRemembered({ id, status }, { mine, dismissed }) {
  return status === "failed" && mine.includes(id) && !dismissed.includes(id);
}
