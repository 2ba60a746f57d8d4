import { Choices } from "../components/choices.js";
import { FieldSet } from "../components/field.js";
import { Form, Submit, TextField } from "../components/form.js";
import { copyText } from "../lib/clipboard.js";
import { Dialog } from "../ui/dialog.js";
import { html, useState } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useText } from "../ui/services.js";
import { useSubmission } from "../ui/use-submission.js";

const ROLES = ["user", "operator", "owner"];
const DAYS = ["30", "90", "365", "never"];
const DAY = 86_400_000;
const FIELDS = ["name", "role", "expires", "pictures_per_day", "concurrent_jobs"];

/** A form, then the key: the only time that anybody sees it. */
export function AddKey({ onAdded, onClose }) {
  const { t } = useText();
  const [made, setMade] = useState(null);
  const added = (key) => {
    setMade(key);
    onAdded();
  };
  return html`
    <${Dialog} label=${t(made ? "newKey.title" : "keys.add")} className="dialog-form" firm onClose=${onClose}>
      ${made ? html`<${NewKey} of=${made} onClose=${onClose} />` : html`<${KeyForm} onAdded=${added} />`}
    <//>`;
}

function KeyForm({ onAdded }) {
  const { api, gate } = useServices();
  const { t } = useText();
  const [values, setValues] = useState({ name: "", role: "user", expires: "90", pictures_per_day: "", concurrent_jobs: "" });
  const submission = useSubmission(async () => onAdded(await gate.pass(() => api.addKey(requestOf(values)))));
  const change = (field) => (text) => {
    setValues((now) => ({ ...now, [field]: text }));
    submission.touched(field);
  };
  return html`
    <h2>${t("keys.add")}</h2>
    <${Form} name="key" fields=${FIELDS} submission=${submission} foot=${html`<${Submit} submission=${submission} icon="plus">${t("keys.addAction")}<//>`}>
      <${TextField} name="name" label=${t("keys.name")} hint=${t("keys.nameHint")} data-focus maxlength="64" value=${values.name} onChange=${change("name")} />
      <${FieldSet} name="role" label=${t("keys.role")} hint=${t(`roleMay.${values.role}`)}>
        <${Choices} name="role" value=${values.role} onChoose=${change("role")} options=${ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))} />
      <//>
      <${FieldSet} name="expires" label=${t("keys.expires")}>
        <${Choices} name="expires" value=${values.expires} onChoose=${change("expires")}
          options=${DAYS.map((days) => ({ value: days, label: days === "never" ? t("keys.never") : t("keys.days", { n: Number(days) }) }))} />
      <//>
      <div class="pair">
        <${TextField} name="pictures_per_day" label=${t("keys.perDay")} inputmode="numeric" placeholder=${t("keys.unlimited")}
          value=${values.pictures_per_day} onChange=${change("pictures_per_day")} />
        <${TextField} name="concurrent_jobs" label=${t("keys.jobs")} inputmode="numeric" placeholder=${t("keys.unlimited")}
          value=${values.concurrent_jobs} onChange=${change("concurrent_jobs")} />
      </div>
    <//>`;
}

/** Only what was chosen; what is no number goes as it is, and the daemon says so. */
function requestOf({ name, role, expires, ...limits }) {
  const numbers = Object.entries(limits)
    .map(([field, text]) => [field, text.trim()])
    .filter(([, text]) => text !== "")
    .map(([field, text]) => [field, Number.isNaN(Number(text)) ? text : Number(text)]);
  return {
    name: name.trim(),
    role,
    ...(expires === "never" ? {} : { expires: new Date(Date.now() + Number(expires) * DAY).toISOString() }),
    ...Object.fromEntries(numbers),
  };
}

function NewKey({ of: { key, name }, onClose }) {
  const { toasts } = useServices();
  const { t } = useText();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    const done = await copyText(key);
    setCopied(done);
    if (!done) toasts.show(t("toast.copyFailed"), { kind: "error" });
  };
  return html`
    <h2>${t("newKey.title")}</h2>
    <p class="notice"><${Icon} name="warning" /> <span>${t("newKey.warning")}</span></p>
    <div class="new-key">
      <code id="new-key" tabindex="0" aria-label=${t("newKey.of", { name })}>${key}</code>
      <button type="button" id="copy-key" class="button button-main" data-focus onClick=${copy}>
        <${Icon} name=${copied ? "check" : "copy"} /> <span role="status">${t(copied ? "newKey.copied" : "newKey.copy")}</span>
      </button>
    </div>
    <p class="hint">${t("newKey.use")}</p>
    <pre class="command" tabindex="0"><code>${`curl ${window.location.origin}/v1/models \\\n  -H "Authorization: Bearer $AIRBOX_KEY"`}</code></pre>
    <div class="form-foot"><button type="button" class="button" onClick=${onClose}>${t("newKey.done")}</button></div>`;
}
