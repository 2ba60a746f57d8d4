import { Choices } from "../components/choices.js";
import { Field, FieldSet, useMarks } from "../components/field.js";
import { Form, Submit, TextField } from "../components/form.js";
import { bondOf, findingsByField, formOf, portsOf, sentence, withForm, withoutBond } from "../lib/network.js";
import { Dialog } from "../ui/dialog.js";
import { html, useState } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useText } from "../ui/services.js";
import { useSubmission } from "../ui/use-submission.js";

const WAYS = ["dhcp", "static", "direct", "none"];
const MODES = ["active-backup", "802.3ad", "balance-alb", "balance-tlb", "balance-xor", "balance-rr", "broadcast"];
const HASHES = ["layer2", "layer2+3", "layer3+4", "encap2+3", "encap3+4"];
const SPREADS = new Set(["802.3ad", "balance-xor", "balance-tlb"]);
const PREFERS = new Set(["active-backup", "balance-tlb", "balance-alb"]);

/** Addresses and more of one port or bond. What it does not show stays in the file as it is. */
export function PortForm({ port: { id, kind, settings, fresh = false }, network, onPlan, onClose }) {
  const { api, gate } = useServices();
  const { t } = useText();
  const all = network.configuration.settings;
  const member = kind === "ethernets" && bondOf(all, id);
  const free = portsOf(network).filter((port) => port.kind === "ethernets" && [null, id].includes(bondOf(all, port.id))).map((port) => port.id);
  const [values, setValues] = useState(() => ({
    ...formOf(settings),
    ...(fresh ? { way: "dhcp", byMac: true, interfaces: free, primary: "" } : {}),
  }));
  const plan = async (next) => {
    try {
      onPlan(await gate.pass(() => api.planNetwork({ settings: next })));
    } catch (problem) {
      const { fields, rest } = findingsByField(problem.findings ?? [], kind, id);
      problem.fields = fields;
      if (rest.length > 0 && Object.keys(fields).length === 0) problem.message = rest.map(sentence).join(" ");
      throw problem;
    }
  };
  const submission = useSubmission(() => plan(withForm(all, kind, id, values)));
  const removal = useSubmission(() => plan(withoutBond(all, id)));
  const change = (field) => (value) => {
    setValues((now) => ({ ...now, [field]: value }));
    submission.touched(field);
  };
  const foot = html`
    ${kind === "bonds" && !fresh && html`<button type="button" id="remove-bond" class="button" onClick=${removal.submit}><${Icon} name="trash" /> ${t("bond.remove")}</button>`}
    <${Submit} submission=${submission} icon="next">${t("network.plan")}<//>`;
  return html`
    <${Dialog} label=${id} className="dialog-form" firm onClose=${onClose}>
      <h2>${fresh ? t("bond.new", { id }) : id}</h2>
      <${Form} name="port" fields=${[]} submission=${removal.problem ? removal : submission} foot=${foot}>
        ${member && html`<p class="notice"><${Icon} name="info" /> <span>${t("port.memberText", { bond: member })}</span></p>`}
        ${kind === "bonds" && html`<${BondFields} values=${values} change=${change} free=${free} />`}
        ${!member && html`<${AddressFields} values=${values} change=${change} />`}
        <${More} kind=${kind} member=${member} values=${values} change=${change} />
      <//>
    <//>`;
}

function AddressFields({ values, change }) {
  const { t } = useText();
  const { control } = useMarks("addresses", { hint: true });
  const fixed = values.way === "static";
  const reached = fixed || values.way === "dhcp";
  return html`
    <${FieldSet} name="way" label=${t("port.way")} hint=${t(`wayText.${values.way}`)}>
      <${Choices} name="way" value=${values.way} onChoose=${change("way")} options=${WAYS.map((way) => ({ value: way, label: t(`way.${way}`) }))} />
    <//>
    ${(fixed || (reached && values.addresses)) && html`
      <${Field} name="addresses" label=${t("port.addresses")} hint=${t("port.addressesHint")}>
        <textarea ...${control} class="growing" rows="1" spellcheck="false" autocomplete="off" placeholder="192.168.1.10/24" value=${values.addresses}
          onInput=${(event) => change("addresses")(event.target.value)}></textarea>
      <//>`}
    ${fixed && html`<${TextField} name="gateway" label=${t("port.gateway")} placeholder="192.168.1.1" value=${values.gateway} onChange=${change("gateway")} />`}
    ${reached && html`
      <div class="pair">
        <${TextField} name="nameservers" label=${t("port.nameservers")} placeholder=${fixed ? "192.168.1.1" : t("port.fromDhcp")} value=${values.nameservers} onChange=${change("nameservers")} />
        <${TextField} name="search" label=${t("port.search")} value=${values.search} onChange=${change("search")} />
      </div>`}`;
}

function BondFields({ values, change, free }) {
  const { t } = useText();
  const toggle = (port) => change("interfaces")(values.interfaces.includes(port) ? values.interfaces.filter((each) => each !== port) : [...values.interfaces, port]);
  return html`
    <${FieldSet} name="interfaces" label=${t("bond.ports")}>
      <div class="checks">
        ${[...new Set([...free, ...values.interfaces])].map((port) => html`
          <${Check} key=${port} checked=${values.interfaces.includes(port)} onChange=${() => toggle(port)}>${port}<//>`)}
      </div>
    <//>
    <${Select} name="mode" label=${t("bond.mode")} hint=${t(`bondText.${values.mode}`)} value=${values.mode} options=${MODES} onChange=${change("mode")} />
    <div class="pair">
      <${TextField} name="monitor" label=${t("bond.monitor")} inputmode="numeric" value=${values.monitor} onChange=${change("monitor")} />
      ${PREFERS.has(values.mode) && html`<${Select} name="primary" label=${t("bond.primary")} value=${values.primary} options=${["", ...values.interfaces]} onChange=${change("primary")} />`}
      ${values.mode === "802.3ad" && html`<${Select} name="lacpRate" label=${t("bond.lacpRate")} value=${values.lacpRate} options=${["slow", "fast"]} onChange=${change("lacpRate")} />`}
      ${SPREADS.has(values.mode) && html`<${Select} name="hashPolicy" label=${t("bond.hashPolicy")} value=${values.hashPolicy} options=${HASHES} onChange=${change("hashPolicy")} />`}
    </div>`;
}

/** What most owners never touch. */
function More({ kind, member, values, change }) {
  const { t } = useText();
  return html`
    <details class="advanced">
      <summary><${Icon} name="sliders" /> ${t("port.more")}</summary>
      <div class="advanced-fields">
        ${!member && html`
          <div class="checks">
            <${Check} checked=${values.dhcp6} onChange=${() => change("dhcp6")(!values.dhcp6)}>${t("port.dhcp6")}<//>
            <${Check} checked=${values.byMac} onChange=${() => change("byMac")(!values.byMac)}>${t("port.byMac")}<//>
          </div>
          <div class="pair">
            <${TextField} name="metric" label=${t("port.metric")} inputmode="numeric" placeholder="100" value=${values.metric} onChange=${change("metric")} />
            <${TextField} name="gateway6" label=${t("port.gateway6")} value=${values.gateway6} onChange=${change("gateway6")} />
          </div>`}
        <div class="pair">
          <${TextField} name="mtu" label="MTU" inputmode="numeric" placeholder="1500" value=${values.mtu} onChange=${change("mtu")} />
          <${TextField} name="macaddress" label=${t("port.macaddress")} value=${values.macaddress} onChange=${change("macaddress")} />
        </div>
        <div class="checks">
          <${Check} checked=${values.optional} onChange=${() => change("optional")(!values.optional)}>${t("port.optional")}<//>
          ${kind === "ethernets" && html`<${Check} checked=${values.wakeonlan} onChange=${() => change("wakeonlan")(!values.wakeonlan)}>${t("port.wakeonlan")}<//>`}
        </div>
      </div>
    </details>`;
}

function Check({ checked, onChange, children }) {
  return html`<label class="check"><input type="checkbox" checked=${checked} onChange=${onChange} /> <span>${children}</span></label>`;
}

function Select({ name, label, hint, value, options, onChange }) {
  const { control } = useMarks(name, { hint: Boolean(hint) });
  const { t } = useText();
  return html`
    <${Field} name=${name} label=${label} hint=${hint}>
      <select ...${control} value=${value} onChange=${(event) => onChange(event.target.value)}>
        ${options.map((option) => html`<option key=${option} value=${option} selected=${option === value}>${option === "" ? t("bond.any") : option}</option>`)}
      </select>
    <//>`;
}
