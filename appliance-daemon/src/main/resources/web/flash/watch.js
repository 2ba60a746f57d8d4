import { Refusal } from "../components/form.js";
import { textOr } from "../i18n/index.js";
import { mapOf, mood } from "../lib/flash.js";
import { formatBytes, formatDuration } from "../lib/format.js";
import { html } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useText } from "../ui/services.js";
import { useSubmission } from "../ui/use-submission.js";

/** How the flash goes: stage, map, what is wrong and what to do; what became of it. */
export function WatchPanel({ watch, flash }) {
  const { gate } = useServices();
  const { t } = useText();
  const stop = useSubmission(() => gate.pass(flash.stop));
  const { report, progress } = watch;
  const over = Boolean(watch.ended);
  return html`
    <section class="panel flash-watch" id="flash-watch" aria-labelledby="flash-watch-title" data-phase=${watch.phase} data-verdict=${report?.verdict ?? ""}>
      <h2 id="flash-watch-title">${t("flash.at", { port: watch.port })}</h2>
      <p role="status" class="flash-stage">${over ? html`<${Outcome} watch=${watch} />` : html`<${Now} watch=${watch} />`}</p>
      ${!over && progress && html`
        <progress max="1" value=${progress.fraction} aria-label=${t("flash.progress")}></progress>
        <p class="hint">${Math.floor(progress.fraction * 100)} %${progress.remainingSeconds !== null ? ` · ${t("flash.left", { time: formatDuration(progress.remainingSeconds, t) })}` : ""}${progress.file ? ` · ${progress.file}` : ""}</p>`}
      ${progress && !over && progress.alarm !== "NONE" && html`<p class="notice"><${Icon} name="clock" /> <span>${t("flash.silent", { time: formatDuration(progress.silenceSeconds, t) })}</span></p>`}
      ${watch.card_still_in && !over && html`<p class="notice"><${Icon} name="warning" /> <span>${t("flash.cardIn")}</span></p>`}
      ${report && html`
        <${Problems} report=${report} />
        <${FlashMap} rows=${mapOf(report.writes, watch.partitions)} />
        <${Remarks} remarks=${report.remarks} />`}
      <${Refusal} problem=${stop.problem} />
      ${!over && html`<div class="panel-actions"><button type="button" id="flash-stop" class="button" onClick=${stop.submit}><${Icon} name="close" /> ${t("flash.stop")}</button></div>`}
    </section>`;
}

function Now({ watch }) {
  const { t } = useText();
  if (watch.phase === "reading") {
    return html`${t("flash.reading", { name: watch.package })}${watch.reading && html` <span class="hint">${watch.reading.file}, ${formatBytes(watch.reading.bytes)}</span>`}`;
  }
  const stage = watch.progress?.stage ?? "IDLE";
  return html`<strong>${textOr(t, `stage.${stage}`, stage)}</strong>`;
}

function Outcome({ watch: { report, failure, ending } }) {
  const { t } = useText();
  if (failure) return html`<${Icon} name="warning" /> <span lang="en">${failure.message}</span>`;
  if (!report) return t("flash.nothing");
  const feeling = mood(report.verdict);
  return html`
    <span class="flash-verdict" data-mood=${feeling}><${Icon} name=${feeling === "good" ? "check" : "warning"} /> <strong>${t(`verdict.${report.verdict}`)}</strong></span>
    ${ending && html` <span class="hint">${t(`ending.${ending}`)}</span>`}
    ${report.reasons.map((reason) => html`<span key=${reason} class="notice-detail" lang="en">${reason}</span>`)}`;
}

function Problems({ report: { problems } }) {
  if (problems.length === 0) return null;
  return html`
    <ul class="plain" id="flash-problems">
      ${problems.map((problem) => html`
        <li key=${`${problem.symptom} ${problem.where}`} class="notice notice-bad" data-symptom=${problem.symptom}>
          <${Icon} name="warning" />
          <span lang="en"><strong>${problem.where && `${problem.where}: `}${problem.cause}</strong> <span class="notice-detail">${problem.advice}</span>${problem.evidence.text && html` <code>${problem.evidence.text}</code>`}</span>
        </li>`)}
    </ul>`;
}

/** Every write as a cell, in the order in which the box does them. */
function FlashMap({ rows }) {
  const { t } = useText();
  if (rows.length === 0) return null;
  return html`
    <table class="flash-map" id="flash-map">
      <caption class="visually-hidden">${t("flash.map")}</caption>
      <tbody>
        ${rows.map(({ partition, writes, done, wrong }) => html`
          <tr key=${partition}>
            <th scope="row">${partition}</th>
            <td><span class="flash-cells" aria-hidden="true">${writes.map(({ file, state }) => html`<span key=${file} class="flash-cell" data-state=${state} title=${file}></span>`)}</span></td>
            <td class="flash-done">${t(wrong ? "flash.wrong" : "flash.done", { n: Math.floor(done * 100) })}</td>
          </tr>`)}
      </tbody>
    </table>`;
}

function Remarks({ remarks }) {
  const { t } = useText();
  if (remarks.length === 0) return null;
  return html`
    <details class="flash-remarks">
      <summary>${t("flash.remarks", { n: remarks.length })}</summary>
      <ul lang="en">${remarks.map(({ notice, meaning, times }) => html`<li key=${notice}>${meaning}${times > 1 ? ` (${times}×)` : ""}</li>`)}</ul>
    </details>`;
}
