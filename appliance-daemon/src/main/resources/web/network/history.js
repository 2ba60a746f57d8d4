import { Refusal } from "../components/form.js";
import { Loaded } from "../components/loaded.js";
import { formatDistance, formatTime } from "../lib/format.js";
import { html } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useText } from "../ui/services.js";
import { useSubmission } from "../ui/use-submission.js";
import { Diff } from "./plan.js";

/** Former changes, each with a way back that is planned like any other change. */
export function HistoryPanel({ history, busy, onPlan }) {
  const { t } = useText();
  return html`
    <section class="panel network-history">
      <h2>${t("networkHistory.title")}</h2>
      <${Loaded} of=${history}>
        ${(entries) => entries.length === 0 ? html`<p class="hint">${t("networkHistory.none")}</p>` : html`
          <ol class="audit-list">${entries.map((entry) => html`<${Entry} key=${entry.id} entry=${entry} busy=${busy} onPlan=${onPlan} />`)}</ol>`}
      <//>
    </section>`;
}

function Entry({ entry, busy, onPlan }) {
  const { api, gate } = useServices();
  const { language, t } = useText();
  const { id, state, started, actor, diff, reason, can_undo: canUndo } = entry;
  const good = state === "confirmed";
  const undo = useSubmission(async () => onPlan(await gate.pass(() => api.planNetwork({ undo: id }))));
  return html`
    <li>
      <details class="audit-entry">
        <summary>
          <span class="audit-mark ${good ? "" : "audit-refused"}"><${Icon} name=${good ? "check" : "again"} /></span>
          <span class="audit-what"><strong>${t(`change.${state}`)}</strong><span class="audit-who">${actor}</span></span>
          <time class="audit-time" datetime=${started} title=${formatTime(started, language)}>${formatDistance(started, language)}</time>
        </summary>
        <div class="audit-more">
          ${reason && html`<p lang="en">${reason}</p>`}
          <${Diff} text=${diff} label=${t("plan.yaml")} open />
          ${canUndo && html`<button type="button" class="button undo-change" aria-disabled=${busy ? "true" : undefined} onClick=${() => !busy && undo.submit()}><${Icon} name="again" /> ${t("networkHistory.undo")}</button>`}
          <${Refusal} problem=${undo.problem} />
        </div>
      </details>
    </li>`;
}
