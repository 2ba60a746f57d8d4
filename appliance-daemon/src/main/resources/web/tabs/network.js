import { Loaded } from "../components/loaded.js";
import { bondOf, freeBondName, portsOf } from "../lib/network.js";
import { ChangePanel } from "../network/change.js";
import { HistoryPanel } from "../network/history.js";
import { PlanDialog } from "../network/plan.js";
import { PortCard } from "../network/port.js";
import { PortForm } from "../network/port-form.js";
import { PresetsDialog } from "../network/presets.js";
import { SourcesPanel } from "../network/sources.js";
import { createNetworkChange, hasEnded } from "../state/network-change.js";
import { atLeast } from "../state/session.js";
import { html, useEffect, useState } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useStore, useText } from "../ui/services.js";
import { useLoaded } from "../ui/use-loaded.js";

/** One for the page: a change goes on while one looks at other tabs. */
let change = null;

/** What holds the box to its neighbours: ports, addresses, bonds, and changing them without losing the box. */
export function NetworkTab() {
  const { api, gate, session, toasts } = useServices();
  const { t } = useText();
  const owner = atLeast(useStore(session), "owner");
  const network = useLoaded(() => gate.pass(api.network));
  const history = useLoaded(() => gate.pass(api.networkHistory));
  const [open, setOpen] = useState(/** @type {object | null} */ (null));
  const [plan, setPlan] = useState(/** @type {object | null} */ (null));
  change ??= createNetworkChange({ api, origin: window.location.origin, storage: sessionStorage(), onEnd: (end) => change.ended?.(end) });
  const { transaction } = useStore(change);
  change.ended = (ended) => {
    toasts.show(t(`change.${ended.state}`), { kind: ended.state === "rollback_failed" ? "error" : "info" });
    network.reload();
    history.reload();
  };
  useEffect(() => change.resume(network.value?.transaction ?? null), [network.value]);

  const planned = (made) => {
    setOpen(null);
    setPlan(made);
  };
  const applied = (announced, options) => {
    setPlan(null);
    change.begin(announced, options);
    window.scrollTo(0, 0);
  };
  const busy = transaction !== null && !hasEnded(transaction);
  return html`
    <div class="access network">
      <div class="panel-head">
        <h1>${t("tab.network")}</h1>
        <div class="panel-actions">
          <button type="button" id="open-presets" class="button" aria-disabled=${busy ? "true" : undefined} onClick=${() => !busy && setOpen({ presets: true })}><${Icon} name="sliders" /> ${t("network.presets")}</button>
          ${network.value && html`<${AddBond} network=${network.value} busy=${busy} onOpen=${setOpen} />`}
        </div>
      </div>
      ${transaction && html`<${ChangePanel} change=${change} owner=${owner} />`}
      <${Loaded} of=${network}>
        ${(value) => html`
          <${Findings} of=${value.configuration.findings} />
          <div class="ports">
            ${portsOf(value).map((port) => html`<${PortCard} key=${port.id} port=${port} network=${value} busy=${busy} onEdit=${() => setOpen(port)} />`)}
          </div>
          <${Facts} of=${value} />
          ${open && !open.presets && html`<${PortForm} key=${open.id} port=${open} network=${value} onPlan=${planned} onClose=${() => setOpen(null)} />`}
          ${open?.presets && html`<${PresetsDialog} network=${value} onPlan=${planned} onClose=${() => setOpen(null)} />`}`}
      <//>
      ${plan && html`<${PlanDialog} plan=${plan} owner=${owner} onApply=${applied} onClose=${() => setPlan(null)} />`}
      <div class="cards">
        <${SourcesPanel} owner=${owner} />
        <${HistoryPanel} history=${history} busy=${busy} onPlan=${planned} />
      </div>
    </div>`;
}

/** Offered while two ports are free. */
function AddBond({ network, busy, onOpen }) {
  const { t } = useText();
  const { settings } = network.configuration;
  const free = portsOf(network).filter(({ id, kind }) => kind === "ethernets" && bondOf(settings, id) === null);
  if (free.length < 2) return null;
  const open = () => !busy && onOpen({ id: freeBondName(settings), kind: "bonds", live: null, settings: null, bond: null, fresh: true });
  return html`<button type="button" id="add-bond" class="button" aria-disabled=${busy ? "true" : undefined} onClick=${open}><${Icon} name="plus" /> ${t("network.addBond")}</button>`;
}

/** What is wrong with the files as they are; the box's own words. */
function Findings({ of }) {
  if (of.length === 0) return null;
  return html`
    <ul class="findings" lang="en">
      ${of.map((finding) => html`<li key=${finding.code + finding.path} class="notice"><${Icon} name="warning" /> <span>${finding.file && html`<code>${finding.file}${finding.line && `:${finding.line}`}</code> `}${finding.message}</span></li>`)}
    </ul>`;
}

function Facts({ of: { live, configuration, versions, persistence, hostname } }) {
  const { t } = useText();
  const routes = (live.routes ?? []).filter(({ to }) => to === "default");
  const facts = {
    host: html`${hostname} · <a href="#/system">${t("network.rename")}</a>`,
    gateway: routes.map(({ via, interface: name }) => `${via ?? "–"} (${name})`).join(", "),
    nameservers: live.nameservers.join(", "),
    others: configuration.others.map(({ type, id, addresses }) => [id, `(${type})`, ...addresses].join(" ")).join(", "),
    files: configuration.files.filter(({ hidden }) => !hidden).map(({ path }) => path).join(", "),
    netplan: versions["netplan.io"],
    persistence: t(`persistence.${persistence}`),
  };
  return html`
    <section class="panel">
      <dl class="fact-list">
        ${Object.entries(facts).filter(([, value]) => value).map(([name, value]) => html`
          <div key=${name}><dt>${t(`networkFact.${name}`)}</dt><dd>${value}</dd></div>`)}
      </dl>
    </section>`;
}

function sessionStorage() {
  try {
    return window.sessionStorage;
  } catch {
    return undefined;
  }
}
