import { html, useEffect } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useStore, useText } from "../ui/services.js";
import { Fingerprint } from "./fingerprint.js";

/** A secret must not travel in the clear: where to go instead, and how to know that it is this box. */
export function TlsFirst() {
  const { session } = useServices();
  const { https, certificate } = useStore(session);
  const { t } = useText();
  // a box that has just started serves HTTPS a moment after its page
  useEffect(() => void session.refresh().catch(() => {}), []);
  return html`
    <p>${t("tls.why")}</p>
    ${https
      ? html`
        <ol class="steps">
          <li>${t("tls.open")}</li>
          <li>${t("tls.warning")}</li>
          <li>
            ${t("tls.compare")}
            ${certificate && html`<${Fingerprint} sha256=${certificate.sha256} />`}
          </li>
        </ol>
        <p class="form-foot"><a class="button button-main" href="${https}#/access"><${Icon} name="lock" /> ${t("tls.continue", { host: new URL(https).host })}</a></p>`
      : html`<p class="notice"><${Icon} name="warning" /> <span>${t("tls.none")}</span></p>`}`;
}

/** How to know, on this line, that it is the right box that asks for a secret. */
export function KnownBox() {
  const { channel, certificate } = useStore(useServices().session);
  const { t } = useText();
  if (channel !== "tls" || !certificate) return null;
  return html`
    <details class="known-box">
      <summary><${Icon} name="shield" /> ${t("tls.known")}</summary>
      <p class="hint">${t("tls.knownText")}</p>
      <${Fingerprint} sha256=${certificate.sha256} />
    </details>`;
}
