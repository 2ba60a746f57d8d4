import { isSecure } from "../state/session.js";
import { Dialog } from "../ui/dialog.js";
import { html, useState } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { problemText } from "../ui/problem-text.js";
import { useServices, useStore, useText } from "../ui/services.js";
import { useSubmission } from "../ui/use-submission.js";
import { Form, SecretField, Submit } from "./form.js";
import { KnownBox, TlsFirst } from "./tls-first.js";

/** Who is it? The owner by passphrase, everybody else by key. */
export function SignInDialog({ problem }) {
  const { gate, session } = useServices();
  const secure = isSecure(useStore(session));
  const { t } = useText();
  return html`
    <${Dialog} label=${t("signIn.title")} className="dialog-form" firm onClose=${gate.dismiss}>
      <h2>${t("signIn.title")}</h2>
      ${problem && secure && html`<p class="notice"><${Icon} name="lock" /> <span>${problemText(problem, t)}</span></p>`}
      ${secure ? html`<${SignInForm} />` : html`<${TlsFirst} />`}
    <//>`;
}

function SignInForm() {
  const { gate, session } = useServices();
  const { t } = useText();
  const [secret, setSecret] = useState("");
  const submission = useSubmission(async () => {
    try {
      await session.signIn(secret);
    } catch (problem) {
      throw problem.status === 400 || problem.status === 401 ? problem.at("secret") : problem;
    }
    gate.passed();
  });
  const change = (text) => {
    setSecret(text);
    submission.touched("secret");
  };
  return html`
    <${Form} name="sign-in" fields=${["secret"]} submission=${submission} foot=${html`<${Submit} submission=${submission} icon="key">${t("account.signIn")}<//>`}>
      <input type="text" autocomplete="username" value="owner" hidden readonly />
      <${SecretField} name="secret" label=${t("signIn.secret")} hint=${t("signIn.hint")} data-focus autocomplete="current-password"
        value=${secret} onChange=${change} />
      <${KnownBox} />
      <details class="known-box">
        <summary><${Icon} name="info" /> ${t("signIn.lost")}</summary>
        <p class="hint">${t("signIn.lostText")} <code>airbox claim --reset</code></p>
      </details>
    <//>`;
}
