import { Field } from "../components/field.js";
import { Refusal, SelectField } from "../components/form.js";
import { downloadText } from "../lib/download.js";
import { mood } from "../lib/flash.js";
import { html, useState } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useText } from "../ui/services.js";
import { useSubmission } from "../ui/use-submission.js";

/** What was kept of earlier watches, and a saved console that is looked at now. */
export function ReportsPanel({ told: { reports, packages } }) {
  const { t } = useText();
  return html`
    <section class="panel" aria-labelledby="flash-reports-title">
      <h2 id="flash-reports-title">${t("flash.reports")}</h2>
      ${reports.length === 0 ? html`<p class="hint">${t("flash.noReports")}</p>` : html`
        <ul class="plain" id="flash-reports">
          ${reports.map(({ folder, verdict, files }) => html`
            <li key=${folder} class="flash-report">
              <span><time>${folder}</time>${verdict && html` <span class="flash-verdict" data-mood=${mood(verdict)}>${t(`verdict.${verdict}`)}</span>`}</span>
              <span class="panel-actions">${files.map((file) => html`<a key=${file} href="/api/v1/flash/reports/${folder}/${file}" download>${file}</a>`)}</span>
            </li>`)}
        </ul>`}
      <${Analysis} packages=${packages} />
    </section>`;
}

function Analysis({ packages }) {
  const { api, gate } = useServices();
  const { t } = useText();
  const [file, setFile] = useState(null);
  const [name, setName] = useState("");
  const [report, setReport] = useState(null);
  const analysis = useSubmission(async () => setReport(await gate.pass(() => api.analyzeFlash(file, name))));
  const take = (event) => {
    setFile(event.target.files[0] ?? null);
    setReport(null);
  };
  return html`
    <details class="flash-analysis">
      <summary>${t("flash.analyze")}</summary>
      <${Field} name="flash-file" label=${t("flash.transcript")}><input type="file" id="field-flash-file" onChange=${take} /><//>
      ${packages.length > 0 && html`
        <${SelectField} name="flash-package" label=${t("flash.package")} value=${name} onChange=${setName}
          options=${[{ value: "", label: t("flash.noPackage") }, ...packages.map((each) => ({ value: each, label: each }))]} />`}
      <${Refusal} problem=${analysis.problem} />
      <div class="panel-actions">
        <button type="button" id="flash-analyze" class="button" aria-disabled=${file && !analysis.busy ? undefined : "true"} onClick=${() => file && analysis.submit()}><${Icon} name="eye" /> ${t("flash.look")}</button>
      </div>
      ${report && html`
        <div role="status" id="flash-analysis">
          <p class="flash-verdict" data-mood=${mood(report.verdict)}>${t(`verdict.${report.verdict}`)}</p>
          <ul lang="en">${[...report.reasons, ...report.problems.map(({ where, cause, advice }) => `${where && `${where}: `}${cause}; ${advice}`)].map((line) => html`<li key=${line}>${line}</li>`)}</ul>
          <button type="button" class="link-button" onClick=${() => downloadText("flash-report.json", JSON.stringify(report, null, 2))}>${t("flash.save")}</button>
        </div>`}
    </details>`;
}
