import { Form, Refusal, Submit, TextField } from "../components/form.js";
import { Loaded } from "../components/loaded.js";
import { Dialog } from "../ui/dialog.js";
import { html, useState } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useText } from "../ui/services.js";
import { useLoaded } from "../ui/use-loaded.js";
import { useSubmission } from "../ui/use-submission.js";

/** Where packages and the time come from; each is asked whether it answers before it is chosen. */
export function SourcesPanel({ owner }) {
  const { api, gate } = useServices();
  const { t } = useText();
  const mirror = useLoaded(() => gate.pass(api.mirror));
  const ntp = useLoaded(() => gate.pass(api.ntp));
  return html`
    <section class="panel">
      <h2>${t("sources.title")}</h2>
      <${Loaded} of=${mirror}>
        ${(value) => html`
          <${Source} id="mirror" owner=${owner} now=${value.mirror ?? ""} shown=${value.mirror ?? t("sources.noMirror")}
            canRestore=${value.can_restore} locked=${!value.mirror} change=${api.setMirror} wish=${(text) => ({ mirror: text.trim() })} onDone=${mirror.reload} />`}
      <//>
      <${Loaded} of=${ntp}>
        ${(value) => html`
          <${Source} id="ntp" owner=${owner} now=${value.servers.join(" ")} shown=${value.servers.join(", ") || t("sources.system")}
            note=${t(value.synchronised ? "sources.synchronised" : "sources.unsynchronised")} canRestore=${value.can_restore}
            change=${api.setNtp} wish=${(text) => ({ servers: text.split(/[\s,]+/).filter(Boolean) })} onDone=${ntp.reload} />`}
      <//>
    </section>`;
}

function Source({ id, owner, now, shown, note, canRestore, locked = false, change, wish, onDone }) {
  const { gate, toasts } = useServices();
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const restored = useSubmission(async () => {
    await gate.pass(() => change({ previous: true }));
    toasts.show(t("sources.restored"));
    onDone();
  });
  return html`
    <div class="machine-row">
      <div><p class="machine-name">${t(`sources.${id}`)}</p><p class="machine-value">${shown}</p>${note && html`<p class="hint">${note}</p>`}</div>
      ${owner && html`
        <div class="panel-actions">
          ${canRestore && html`<button type="button" id="restore-${id}" class="button" onClick=${restored.submit}><${Icon} name="again" /> ${t("sources.undo")}</button>`}
          ${!locked && html`<button type="button" id="set-${id}" class="button" onClick=${() => setOpen(true)}><${Icon} name="edit" /> ${t("port.edit")}</button>`}
        </div>`}
    </div>
    <${Refusal} problem=${restored.problem} />
    ${open && html`<${SourceDialog} id=${id} now=${now} change=${change} wish=${wish} onDone=${onDone} onClose=${() => setOpen(false)} />`}`;
}

/** Text, a trial that changes nothing, then the change. */
function SourceDialog({ id, now, change, wish, onDone, onClose }) {
  const { gate, toasts } = useServices();
  const { t } = useText();
  const [text, setText] = useState(now);
  const [trial, setTrial] = useState(null);
  const field = id === "ntp" ? "servers" : "mirror";
  const submission = useSubmission(async () => {
    if (!trial) {
      setTrial(await gate.pass(() => change({ ...wish(text), dry_run: true })));
      return;
    }
    await gate.pass(() => change({ ...wish(text), force: !trial.reached.some(({ reachable }) => reachable) }));
    toasts.show(t("sources.done"));
    onDone();
    onClose();
  });
  const edit = (next) => {
    setText(next);
    setTrial(null);
    submission.touched(field);
  };
  const dead = trial && trial.reached.length > 0 && !trial.reached.some(({ reachable }) => reachable);
  const foot = html`
    <button type="button" class="button" onClick=${onClose}>${t("action.cancel")}</button>
    <${Submit} submission=${submission} icon=${trial ? "check" : "next"} danger=${Boolean(dead)}>${t(!trial ? "sources.try" : dead ? "sources.anyway" : "sources.choose")}<//>`;
  return html`
    <${Dialog} label=${t(`sources.${id}`)} className="dialog-form" firm onClose=${onClose}>
      <h2>${t(`sources.${id}`)}</h2>
      <${Form} name=${id} fields=${[field]} submission=${submission} foot=${foot}>
        <${TextField} name=${field} label=${t(`sources.${id}`)} hint=${t(`sourcesHint.${id}`)} data-focus autocapitalize="off" value=${text} onChange=${edit} />
        ${trial && html`
          <ul class="plain trial" role="status">
            ${trial.reached.map(({ target, reachable, detail }) => html`
              <li key=${target} data-reachable=${reachable ? "true" : "false"}><${Icon} name=${reachable ? "check" : "warning"} /> <span>${target} <span class="hint" lang="en">${detail}</span></span></li>`)}
            ${trial.reached.length === 0 && html`<li class="hint">${t("sources.nobody")}</li>`}
          </ul>`}
      <//>
    <//>`;
}
