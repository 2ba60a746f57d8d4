import { Confirm } from "../components/confirm.js";
import { Form, Refusal, Submit, TextField } from "../components/form.js";
import { Loaded } from "../components/loaded.js";
import { formatDuration, formatTime } from "../lib/format.js";
import { atLeast } from "../state/session.js";
import { Dialog } from "../ui/dialog.js";
import { html, useState } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useStore, useText } from "../ui/services.js";
import { useLoaded } from "../ui/use-loaded.js";
import { useSubmission } from "../ui/use-submission.js";

/** Clocks that agree this well count as the same. */
const SECONDS_APART = 5;

/** The machine below the service: its name, its clock, its power. Root work, shown as a plan before it is done. */
export function MachinePanel() {
  const { api, gate } = useServices();
  const { t } = useText();
  const system = useLoaded(async () => ({ ...await gate.pass(api.system), read: Date.now() }));
  return html`
    <section class="panel machine">
      <h2>${t("machine.title")}</h2>
      <${Loaded} of=${system}>
        ${(value) => html`
          ${!value.helper.available && html`
            <div class="notice" id="helper-absent">
              <${Icon} name="info" />
              <span>${t("machine.absent")} <span lang="en">${value.helper.reason}</span></span>
            </div>`}
          <${Hostname} of=${value} onDone=${system.reload} />
          <${Clock} of=${value} onDone=${system.reload} />
          ${value.helper.available && html`<${Power} />`}`}
      <//>
    </section>`;
}

function Hostname({ of: { hostname, helper }, onDone }) {
  const { session } = useServices();
  const { t } = useText();
  const owner = atLeast(useStore(session), "owner");
  const [open, setOpen] = useState(false);
  return html`
    <${Row} name=${t("machine.hostname")} value=${hostname}>
      ${owner && helper.available && html`<button type="button" id="set-hostname" class="button" onClick=${() => setOpen(true)}><${Icon} name="edit" /> ${t("machine.renameAction")}</button>`}
    <//>
    ${open && html`<${HostnameDialog} now=${hostname} onDone=${onDone} onClose=${() => setOpen(false)} />`}`;
}

function HostnameDialog({ now, onDone, onClose }) {
  const { api, gate, toasts } = useServices();
  const { t } = useText();
  const [hostname, setHostname] = useState(now);
  const [plan, setPlan] = useState(null);
  const submission = useSubmission(async () => setPlan(await gate.pass(() => api.setHostname({ hostname, dry_run: true }))));
  if (plan) {
    const run = async () => {
      await api.setHostname({ hostname });
      toasts.show(t("toast.renamed", { name: hostname }));
      onDone();
    };
    return html`<${Planned} title=${t("machine.rename")} plan=${plan} action=${t("machine.renameAction")} icon="check" run=${run} onClose=${onClose} />`;
  }
  return html`
    <${Dialog} label=${t("machine.rename")} className="dialog-form" firm onClose=${onClose}>
      <h2>${t("machine.rename")}</h2>
      <${Form} name="hostname" fields=${["hostname"]} submission=${submission} foot=${html`<${Submit} submission=${submission} icon="next">${t("machine.plan")}<//>`}>
        <${TextField} name="hostname" label=${t("machine.hostname")} hint=${t("machine.hostnameHint")} data-focus autocapitalize="off" maxlength="63"
          value=${hostname} onChange=${(text) => { setHostname(text); submission.touched("hostname"); }} />
      <//>
    <//>`;
}

function Clock({ of: { time, helper, read }, onDone }) {
  const { api, toasts } = useServices();
  const { language, t } = useText();
  const seconds = (Date.parse(time) - read) / 1000;
  const apart = Math.abs(seconds) > SECONDS_APART;
  const difference = apart
    ? t(seconds > 0 ? "machine.ahead" : "machine.behind", { time: formatDuration(Math.abs(seconds), t) })
    : t("machine.same");
  const change = usePlan((options) => api.setTime({ time: new Date().toISOString(), ...options }));
  const done = () => {
    toasts.show(t("toast.clockSet"));
    onDone();
  };
  return html`
    <${Row} name=${t("machine.clock")} value=${formatTime(time, language)} note=${difference}>
      ${helper.available && html`<button type="button" id="set-time" class="button" onClick=${change.submit}><${Icon} name="clock" /> ${t("machine.setClockAction")}</button>`}
    <//>
    <${PlanDialog} change=${change} title=${t("machine.setClock")} action=${t("machine.setClockAction")} icon="clock" onDone=${done} />`;
}

function Power() {
  const { api, connection, toasts } = useServices();
  const { t } = useText();
  const change = usePlan((options) => api.reboot(options));
  const done = () => {
    toasts.show(t("toast.rebooting"), { milliseconds: 9000 });
    connection.suspect();
  };
  return html`
    <${Row} name=${t("machine.power")} value=${t("machine.running")}>
      <button type="button" id="reboot" class="button" onClick=${change.submit}><${Icon} name="power" /> ${t("machine.rebootAction")}</button>
    <//>
    <${PlanDialog} change=${change} title=${t("machine.reboot")} action=${t("machine.rebootAction")} icon="power" danger onDone=${done} />`;
}

function Row({ name, value, note, children }) {
  return html`
    <div class="machine-row">
      <div><p class="machine-name">${name}</p><p class="machine-value">${value}</p>${note && html`<p class="hint">${note}</p>`}</div>
      ${children}
    </div>`;
}

/**
 * A change in two steps: the box says what it would do, and does it when that is agreed to.
 *
 * @param {(options: {dry_run?: boolean}) => Promise<{steps: string[]}>} request
 */
function usePlan(request) {
  const { gate } = useServices();
  const [plan, setPlan] = useState(null);
  const { problem, submit } = useSubmission(async () => setPlan(await gate.pass(() => request({ dry_run: true }))));
  return { plan, problem, submit, run: () => request({}), close: () => setPlan(null) };
}

function PlanDialog({ change: { plan, problem, run, close }, onDone, ...rest }) {
  return html`
    <${Refusal} problem=${problem} />
    ${plan && html`<${Planned} plan=${plan} run=${() => run().then(onDone)} onClose=${close} ...${rest} />`}`;
}

/** The steps are the box's own words. */
function Planned({ plan, ...rest }) {
  const { t } = useText();
  return html`
    <${Confirm} ...${rest}>
      <p>${t("machine.steps")}</p>
      <ol class="plan" lang="en">${plan.steps.map((step) => html`<li key=${step}>${step}</li>`)}</ol>
    <//>`;
}
