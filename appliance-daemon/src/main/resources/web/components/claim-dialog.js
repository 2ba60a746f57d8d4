import { formatCode } from "../lib/claim-code.js";
import { requireAgreement } from "../lib/passphrase.js";
import { isSecure } from "../state/session.js";
import { Dialog } from "../ui/dialog.js";
import { html, useLayoutEffect, useRef, useState } from "../ui/html.js";
import { useServices, useStore, useText } from "../ui/services.js";
import { useSubmission } from "../ui/use-submission.js";
import { Field, useMarks } from "./field.js";
import { Form, Submit } from "./form.js";
import { NewPassphrase } from "./new-passphrase.js";
import { KnownBox, TlsFirst } from "./tls-first.js";

/** How a box gets its owner: the code from its console, and a passphrase. */
export function ClaimDialog() {
  const { gate, session } = useServices();
  const secure = isSecure(useStore(session));
  const { t } = useText();
  return html`
    <${Dialog} label=${t("claim.title")} className="dialog-form" firm onClose=${gate.dismiss}>
      <h2>${t("claim.title")}</h2>
      ${secure ? html`<${ClaimForm} />` : html`<${TlsFirst} />`}
    <//>`;
}

function ClaimForm() {
  const { gate, session, toasts } = useServices();
  const { t } = useText();
  const [values, setValues] = useState({ code: "", passphrase: "", repeat: "" });
  const submission = useSubmission(async () => {
    requireAgreement(values);
    try {
      await session.claim({ code: values.code, passphrase: values.passphrase });
    } catch (problem) {
      if (problem.code === "ALREADY_CLAIMED") session.refresh().catch(() => {});
      throw problem.code === "WRONG_CODE" ? problem.at("code") : problem;
    }
    toasts.show(t("toast.claimed"));
    gate.passed();
  });
  const change = (field, text) => {
    setValues((now) => ({ ...now, [field]: text }));
    submission.touched(field);
  };
  return html`
    <p>${t("claim.text")}</p>
    <${Form} name="claim" fields=${["code", "passphrase", "repeat"]} submission=${submission} foot=${html`<${Submit} submission=${submission} icon="key">${t("claim.action")}<//>`}>
      <${CodeField} value=${values.code} onChange=${(code) => change("code", code)} />
      <input type="text" autocomplete="username" value="owner" hidden readonly />
      <${NewPassphrase} value=${values} onChange=${change} />
      <${KnownBox} />
    <//>`;
}

/** Eight characters in two groups; looks as it does on the console, whatever is typed. */
function CodeField({ value, onChange }) {
  const { t } = useText();
  const { control } = useMarks("code", { hint: true });
  const input = useRef(null);
  const caret = useRef(null);
  useLayoutEffect(() => {
    if (caret.current === null) return;
    input.current.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [value]);
  const read = ({ target }) => {
    const code = formatCode(target.value);
    // the dash and what is dropped move the caret: it stays behind the same character
    caret.current = target.selectionStart === target.value.length ? code.length : formatCode(target.value.slice(0, target.selectionStart)).length;
    target.value = code;
    onChange(code);
  };
  const hint = html`
    ${t("claim.codeWhere")}
    <span class="places">
      <span>${t("claim.onConsole")}</span>
      <span>${t("claim.inJournal")} <code>journalctl -u airboxd</code></span>
      <span>${t("claim.onBox")} <code>airbox claim --show</code></span>
    </span>`;
  return html`
    <${Field} name="code" label=${t("claim.code")} hint=${hint}>
      <input type="text" ref=${input} ...${control} class="code" data-focus autocomplete="off" autocapitalize="characters" spellcheck="false"
        placeholder="XXXX-XXXX" value=${value} onInput=${read} />
    <//>`;
}
