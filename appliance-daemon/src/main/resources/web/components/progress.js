import { describeProgress } from "../lib/progress.js";
import { html } from "../ui/html.js";
import { useText } from "../ui/services.js";

/** Where a job is, as a bar and in words. */
export function Progress({ job }) {
  const { t } = useText();
  const fraction = job.progress?.fraction ?? 0;
  return html`
    <div class="progress">
      <progress max="1" value=${job.status === "queued" ? 0 : fraction} aria-label=${t("job.progress")}></progress>
      <p class="progress-text">${describeProgress(job, t)}</p>
    </div>`;
}
