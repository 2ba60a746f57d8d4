import { formOf, originOf } from "../lib/network.js";
import { html } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useText } from "../ui/services.js";

/** A port or bond: what is live, what is set, where that stands. */
export function PortCard({ port: { id, kind, live, settings, bond }, network, busy, onEdit }) {
  const { t } = useText();
  const through = network.reached_through === id;
  const addresses = (live?.addresses ?? []).filter(({ scope }) => !["link", "host"].includes(scope));
  const origin = originOf(network.configuration.origins, kind, id);
  const facts = {
    link: linkText(live, t),
    addresses: addresses.length > 0 && html`<ul class="plain">${addresses.map(({ address, dynamic }) => html`
      <li key=${address}><code>${address}</code> ${dynamic && html`<span class="tag">DHCP</span>`}</li>`)}</ul>`,
    set: settings ? wayText({ settings, bond }, t) : t("port.notSet"),
    lease: live?.lease && [...new Set([live.lease.server, ...live.lease.routers])].filter(Boolean).join(", "),
    mac: live?.mac,
    file: origin && html`<code>${origin}</code>`,
  };
  return html`
    <section class="panel port" id="port-${id}" data-link=${linkState(live)}>
      <div class="port-head">
        <h2><span class="port-light" aria-hidden="true"></span>${id}</h2>
        ${kind === "bonds" && html`<span class="tag">${live?.bond?.mode ?? settings?.parameters?.mode}</span>`}
        ${bond && html`<span class="tag">${t("port.memberOf", { bond })}</span>`}
        ${through && html`<span class="tag tag-owner">${t("port.through")}</span>`}
        <button type="button" class="button" id="edit-${id}" aria-disabled=${busy ? "true" : undefined} onClick=${() => !busy && onEdit()}><${Icon} name="edit" /> ${t("port.edit")}</button>
      </div>
      <dl class="fact-list">
        ${Object.entries(facts).filter(([, value]) => value).map(([name, value]) => html`
          <div key=${name}><dt>${t(`portFact.${name}`)}</dt><dd>${value}</dd></div>`)}
      </dl>
      ${live?.bond && html`<${Members} of=${live.bond} />`}
    </section>`;
}

function Members({ of: { members, active, mode, partner } }) {
  const { t } = useText();
  const lacp = mode === "802.3ad";
  return html`
    <ul class="members">
      ${members.map(({ name, link, speed, bundled, failures }) => html`
        <li key=${name} data-link=${link === null ? "unknown" : link ? "up" : "down"}>
          <span class="port-light" aria-hidden="true"></span><strong>${name}</strong>
          <span>${t(link === null ? "link.unknown" : link ? "link.up" : "link.down")}${speed ? `, ${speed} Mb/s` : ""}</span>
          ${name === active && html`<span class="tag">${t("member.active")}</span>`}
          ${lacp && bundled !== null && html`<span class="tag ${bundled ? "" : "tag-bad"}">${t(bundled ? "member.bundled" : "member.alone")}</span>`}
          ${failures > 0 && html`<span class="tag">${t("member.failures", { n: failures })}</span>`}
        </li>`)}
      ${lacp && partner === "00:00:00:00:00:00" && html`<li class="hint">${t("member.noPartner")}</li>`}
    </ul>`;
}

export function linkState(live) {
  if (!live) return "absent";
  if (live.up === false) return "off";
  if (live.carrier === null) return "unknown";
  return live.carrier ? "up" : "down";
}

function linkText(live, t) {
  const text = t(`link.${linkState(live)}`);
  const speed = live?.carrier && live.speed ? `${live.speed} Mb/s` : null;
  const duplex = speed && live.duplex === "half" ? t("link.half") : null;
  return [text, speed, duplex].filter(Boolean).join(", ");
}

/** How a port gets its addresses, in a few words. */
function wayText({ settings, bond }, t) {
  if (bond) return t("port.memberOf", { bond });
  const { way, addresses, gateway } = formOf(settings);
  const words = [t(`way.${way}`)];
  if (addresses) words.push(addresses.replaceAll("\n", ", "));
  if (gateway) words.push(t("port.via", { gateway }));
  return words.join(" · ");
}
