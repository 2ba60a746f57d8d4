import { Refusal } from "../components/form.js";
import { hasEnded, keepLink } from "../state/network-change.js";
import { html } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useStore, useText } from "../ui/services.js";
import { useSubmission } from "../ui/use-submission.js";

const ANSWERS = new Map([[true, "answers"], [false, "silent"], [null, "unknown"]]);

/** What works with the new settings. */
function Check({ check }) {
  const { t } = useText();
  const link = (carrier) => t(`check.${carrier === false ? "unplugged" : "plugged"}`);
  const address = ({ address, asked_seconds: n }) => (n === null ? t("check.unreached", { address }) : t("check.reached", { address, n }));
  return html`
    <div id="change-check">
      <p>${t(check.passed ? "check.passed" : "check.failed")}</p>
      <ul class="plain">
        ${check.ways.map((way) => html`<li key=${way.interface}><b>${way.interface}</b> ${[link(way.carrier), ...way.addresses.map(address)].join(", ")}</li>`)}
        ${["gateways", "nameservers"].map((kind) => check[kind].map((peer) => html`
          <li key=${`${kind} ${peer.address} ${peer.interface}`}>${t(`check.${kind}`, { address: peer.address })}: ${t(`check.${ANSWERS.get(peer.answers)}`)}</li>`))}
      </ul>
    </div>`;
}

/** A change in effect: how long it lasts, what happens if nothing is done, how to keep it. */
export function ChangePanel({ change, owner }) {
  const { gate } = useServices();
  const { t } = useText();
  const { transaction, token, left, tried, auto, check } = useStore(change);
  const keep = useSubmission(change.keep);
  const revert = useSubmission(() => gate.pass(change.revert));
  const ended = hasEnded(transaction);
  const awaiting = transaction.state === "awaiting_confirm";
  if (ended) {
    const good = transaction.state === "confirmed";
    return html`
      <section class="panel change" id="change" data-state=${transaction.state}>
        <h2><${Icon} name=${good ? "check" : "warning"} /> ${t(`change.${transaction.state}`)}</h2>
        ${transaction.reason && html`<p lang="en">${transaction.reason}</p>`}
        <div><button type="button" class="button" onClick=${change.dismiss}>${t("action.close")}</button></div>
      </section>`;
  }
  return html`
    <section class="panel change" id="change" data-state=${transaction.state} aria-label=${t("change.title")}>
      <div class="change-head">
        <span class="countdown" role="timer" aria-label=${t("change.left", { n: left })}>${left}</span>
        <div>
          <h2 role="status">${t(left > 0 ? `change.${transaction.state}` : "change.over")}</h2>
          <p>${t(left > 0 ? "change.otherwise" : "change.overText")}</p>
        </div>
      </div>
      <progress max=${transaction.window_seconds} value=${left} aria-hidden="true"></progress>
      ${transaction.urls.length > 0 && token && html`
        <div>
          <p>${t(auto ? "change.tries" : "change.open")}</p>
          <ul class="plain change-urls">
            ${transaction.urls.map((url) => html`
              <li key=${url}><a href=${keepLink(url, transaction, token)} target="_blank" rel="noopener">${url}</a>
                ${tried[url] && html` <span class="hint">${t(`tried.${tried[url]}`)}</span>`}</li>`)}
          </ul>
          <p class="hint">${t("change.certificate")}</p>
        </div>`}
      ${!token && html`<p class="hint">${t("change.elsewhere")}</p>`}
      ${check && html`<${Check} check=${check} />`}
      <${Refusal} problem=${revert.problem} />
      <div class="panel-actions">
        ${token && html`<button type="button" id="keep-change" class="button button-main" aria-disabled=${awaiting && !keep.busy ? undefined : "true"} onClick=${() => awaiting && keep.submit()}><${Icon} name="check" /> ${t("change.keep")}</button>`}
        ${owner && html`<button type="button" id="revert-change" class="button" aria-disabled=${revert.busy ? "true" : undefined} onClick=${revert.submit}><${Icon} name="again" /> ${t("change.revert")}</button>`}
      </div>
    </section>`;
}
