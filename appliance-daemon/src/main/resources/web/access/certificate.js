import { Confirm } from "../components/confirm.js";
import { Fingerprint } from "../components/fingerprint.js";
import { Field, useMarks } from "../components/field.js";
import { Form, Submit } from "../components/form.js";
import { Loaded } from "../components/loaded.js";
import { Warnings } from "../components/warnings.js";
import { downloadText } from "../lib/download.js";
import { formatDay } from "../lib/format.js";
import { atLeast } from "../state/session.js";
import { Dialog } from "../ui/dialog.js";
import { html, useState } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useStore, useText } from "../ui/services.js";
import { useLoaded } from "../ui/use-loaded.js";
import { useSubmission } from "../ui/use-submission.js";

/** By what browsers and programs know this box. */
export function CertificatePanel({ onChange }) {
  const { api, session, toasts } = useServices();
  const owner = atLeast(useStore(session), "owner");
  const { t } = useText();
  const certificate = useLoaded(api.certificate);
  const [dialog, setDialog] = useState(/** @type {"install" | "reset" | null} */ (null));
  const changed = async () => {
    toasts.show(t("toast.certificateChanged"), { milliseconds: 12_000 });
    onChange();
    await Promise.all([certificate.reload(), session.refresh().catch(() => {})]);
  };
  return html`
    <section class="panel certificate">
      <h2>${t("certificate.title")}</h2>
      <${Loaded} of=${certificate}>
        ${(value) => html`
          <${Facts} of=${value} />
          <${Warnings} warnings=${value.warnings} />
          <div class="panel-actions">
            <button type="button" class="button" onClick=${() => downloadText("airbox.pem", value.pem)}><${Icon} name="download" /> ${t("certificate.download")}</button>
            ${owner && html`<button type="button" id="install-certificate" class="button" onClick=${() => setDialog("install")}><${Icon} name="upload" /> ${t("certificate.install")}</button>`}
            ${owner && value.source === "uploaded" && html`<button type="button" id="reset-certificate" class="button" onClick=${() => setDialog("reset")}><${Icon} name="again" /> ${t("certificate.reset")}</button>`}
          </div>`}
      <//>
      ${dialog === "install" && html`<${Install} onInstalled=${changed} onClose=${() => setDialog(null)} />`}
      ${dialog === "reset" && html`
        <${Confirm} title=${t("certificate.reset")} action=${t("certificate.reset")} icon="again" onClose=${() => setDialog(null)}
          run=${async () => { await api.resetCertificate(); changed(); }}>
          <p>${t("certificate.resetText")}</p>
        <//>`}
    </section>`;
}

function Facts({ of: { source, names, not_before: from, not_after: to, sha256, public_key_sha256: publicKey } }) {
  const { language, t } = useText();
  const facts = {
    source: t(`certificateSource.${source}`),
    names: html`<ul class="names">${names.map((name) => html`<li key=${name}><code>${name}</code></li>`)}</ul>`,
    validity: html`
      ${t("certificate.fromTo", { from: formatDay(from, language), to: formatDay(to, language) })}
      ${Date.parse(to) < Date.now() && html` <span class="tag tag-bad">${t("keys.expired")}</span>`}`,
    sha256: html`<${Fingerprint} sha256=${sha256} />`,
    publicKey: html`<${Fingerprint} sha256=${publicKey} />`,
  };
  return html`
    <dl class="fact-stack">
      ${Object.entries(facts).map(([name, value]) => html`<div key=${name}><dt>${t(`certificate.${name}`)}</dt><dd>${value}</dd></div>`)}
    </dl>`;
}

function Install({ onInstalled, onClose }) {
  const { api, gate } = useServices();
  const { t } = useText();
  const [files, setFiles] = useState({ chain: "", key: "" });
  const submission = useSubmission(async () => {
    await gate.pass(() => api.installCertificate(files));
    onInstalled();
    onClose();
  });
  const change = (field) => (text) => {
    setFiles((now) => ({ ...now, [field]: text }));
    submission.touched(field);
  };
  return html`
    <${Dialog} label=${t("certificate.installTitle")} className="dialog-form" firm onClose=${onClose}>
      <h2>${t("certificate.installTitle")}</h2>
      <p>${t("certificate.installText")}</p>
      <${Form} name="certificate" fields=${["chain", "key"]} submission=${submission} foot=${html`<${Submit} submission=${submission} icon="upload">${t("certificate.installAction")}<//>`}>
        <${PemField} name="chain" label=${t("certificate.chain")} begins="CERTIFICATE" value=${files.chain} onChange=${change("chain")} />
        <${PemField} name="key" label=${t("certificate.key")} begins="PRIVATE KEY" value=${files.key} onChange=${change("key")} />
      <//>
    <//>`;
}

/** A file to choose, or its text to paste. */
function PemField({ name, label, begins, value, onChange }) {
  const { t } = useText();
  const { control } = useMarks(name);
  const read = async ({ target }) => {
    const [file] = target.files;
    if (file) onChange(await file.text());
    target.value = "";
  };
  return html`
    <${Field} name=${name} label=${label}>
      <textarea ...${control} class="pem" rows="4" spellcheck="false" autocomplete="off" placeholder=${`-----BEGIN ${begins}-----`}
        value=${value} onInput=${(event) => onChange(event.target.value)}></textarea>
      <label class="link-button file-button">
        <input type="file" class="visually-hidden" accept=".pem,.crt,.cer,.key,text/plain" onChange=${read} />
        <${Icon} name="upload" /> ${t("certificate.choose")}
      </label>
    <//>`;
}
