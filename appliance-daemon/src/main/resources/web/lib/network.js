/** Network settings as the API has them and as forms show them. Nothing here is changed in place. */

/** @typedef {{dhcp4?: boolean, addresses?: (string | object)[], routes?: object[], [key: string]: unknown}} Settings */

const DEFAULTS = { 4: new Set(["0.0.0.0/0", "default"]), 6: new Set(["::/0"]) };

/**
 * What the page shows a card for: ports and bonds, in the kernel's order, then those that only the files know.
 *
 * @param {{live: {interfaces: object[]}, configuration: {settings: {ethernets: object, bonds: object}}}} network
 * @returns {{id: string, kind: "ethernets" | "bonds", live: object | null, settings: Settings | null, bond: string | null}[]}
 */
export function portsOf({ live, configuration: { settings } }) {
  const found = new Map();
  for (const each of live.interfaces) {
    if (each.name in settings.bonds || each.kind === "bond") found.set(each.name, "bonds");
    else if (each.name in settings.ethernets || each.kind === "port") found.set(each.name, "ethernets");
  }
  for (const kind of ["ethernets", "bonds"]) for (const id of Object.keys(settings[kind])) found.set(id, kind);
  return [...found].map(([id, kind]) => ({
    id,
    kind,
    live: live.interfaces.find(({ name }) => name === id) ?? null,
    settings: settings[kind][id] ?? null,
    bond: bondOf(settings, id),
  }));
}

/** The bond that has this port, as the files say. */
export const bondOf = (settings, id) =>
  Object.entries(settings.bonds).find(([, { interfaces }]) => interfaces.includes(id))?.[0] ?? null;

/** Where the first value of a port stands, as `01-netcfg.yaml:6:14`. */
export function originOf(origins, kind, id) {
  const prefix = `${kind}.${id}`;
  return origins[prefix] ?? Object.entries(origins).find(([path]) => path.startsWith(`${prefix}.`))?.[1] ?? null;
}

/** A default route of the main table. */
const isDefault = (route, family) => DEFAULTS[family].has(route.to) && !route.table && (family === 6) === Boolean(route.via?.includes(":"));

const textOf = (address) => (typeof address === "string" ? address : Object.keys(address)[0]);

const words = (text) => text.split(/[\s,]+/).filter(Boolean);

/**
 * @param {Settings | null} settings of a port or bond
 * @returns {Record<string, string | boolean | string[]>} values of its form
 */
export function formOf(settings) {
  const { addresses = [], routes = [], nameservers, parameters = {} } = settings ?? {};
  const linkLocal = settings?.["link-local"];
  const fixed = addresses.length > 0;
  return {
    way: settings?.dhcp4 || settings?.dhcp6 ? "dhcp" : fixed ? "static" : linkLocal?.includes("ipv4") ? "direct" : "none",
    addresses: addresses.map(textOf).join("\n"),
    gateway: settings?.gateway4 ?? routes.find((route) => isDefault(route, 4))?.via ?? "",
    gateway6: settings?.gateway6 ?? routes.find((route) => isDefault(route, 6))?.via ?? "",
    nameservers: (nameservers?.addresses ?? []).join(", "),
    search: (nameservers?.search ?? []).join(", "),
    dhcp6: settings?.dhcp6 ?? false,
    byMac: settings?.["dhcp-identifier"] === "mac",
    metric: String(settings?.["dhcp4-overrides"]?.["route-metric"] ?? ""),
    mtu: String(settings?.mtu ?? ""),
    macaddress: settings?.macaddress ?? "",
    optional: settings?.optional ?? true,
    wakeonlan: settings?.wakeonlan ?? false,
    interfaces: settings?.interfaces ?? [],
    mode: parameters.mode ?? "active-backup",
    monitor: String(parameters["mii-monitor-interval"] ?? "100"),
    lacpRate: parameters["lacp-rate"] ?? "slow",
    hashPolicy: parameters["transmit-hash-policy"] ?? "layer2",
    primary: parameters.primary ?? "",
  };
}

/**
 * All settings with what a form says of one port or bond; what the form does not show stays.
 *
 * @param {{ethernets: object, bonds: object}} all
 * @param {"ethernets" | "bonds"} kind
 * @param {string} id
 * @param {ReturnType<typeof formOf>} values
 */
export function withForm(all, kind, id, values) {
  const before = all[kind][id] ?? null;
  const next = clean({
    ...before,
    ...addressing(before, values, bondOf(all, id) !== null && kind === "ethernets"),
    mtu: number(values.mtu),
    macaddress: values.macaddress.trim() || null,
    optional: values.optional,
    ...(kind === "ethernets" ? { wakeonlan: values.wakeonlan || null } : bonding(before, values)),
  });
  const ethernets = { ...all.ethernets };
  if (kind === "bonds") for (const port of values.interfaces) ethernets[port] = asMember(ethernets[port]);
  const changed = kind === "bonds" ? { ethernets } : {};
  return { ...all, ...changed, [kind]: { ...all[kind], [id]: next } };
}

/** All settings without a bond; its ports are free. */
export function withoutBond(all, id) {
  const { [id]: gone, ...bonds } = all.bonds;
  return { ...all, bonds };
}

/** The first name that no bond has. */
export function freeBondName(all) {
  let number = 0;
  while (`bond${number}` in all.bonds) number += 1;
  return `bond${number}`;
}

function addressing(before, values, member) {
  if (member) return {};
  const dhcp = values.way === "dhcp";
  const overrides = before?.["dhcp4-overrides"] ?? {};
  return {
    // who asks for IPv6 alone still does
    dhcp4: dhcp && (before?.dhcp4 || !before?.dhcp6 || !values.dhcp6),
    dhcp6: dhcp && values.dhcp6,
    "dhcp-identifier": values.byMac ? "mac" : before?.["dhcp-identifier"] === "mac" ? null : before?.["dhcp-identifier"],
    "dhcp4-overrides": values.metric.trim() || Object.keys(overrides).length ? clean({ ...overrides, "route-metric": number(values.metric) }) : null,
    addresses: values.way === "direct" || values.way === "none" ? [] : addressesOf(before, values.addresses),
    "link-local": values.way === "direct" ? ["ipv4", "ipv6"] : before?.["link-local"]?.includes("ipv4") ? null : before?.["link-local"],
    ...routing(before, values),
    nameservers: { addresses: words(values.nameservers), search: words(values.search) },
  };
}

/** An address that was there keeps its label and lifetime. */
function addressesOf(before, text) {
  const known = new Map((before?.addresses ?? []).map((address) => [textOf(address), address]));
  return words(text).map((address) => known.get(address) ?? address);
}

function routing(before, values) {
  const was = formOf(before);
  const gone = values.way === "direct" || values.way === "none";
  const result = { routes: before?.routes ?? [], gateway4: before?.gateway4, gateway6: before?.gateway6 };
  for (const [family, field, old, all] of [[4, "gateway", "gateway4", "0.0.0.0/0"], [6, "gateway6", "gateway6", "::/0"]]) {
    const wanted = gone ? "" : values[field].trim();
    if (wanted === was[field]) continue;
    const present = result.routes.find((route) => isDefault(route, family));
    result[old] = null;
    result.routes = result.routes.filter((route) => !isDefault(route, family));
    if (wanted) result.routes = [...result.routes, { ...present, to: present?.to ?? all, via: wanted }];
  }
  return result;
}

function bonding(before, values) {
  const lacp = values.mode === "802.3ad";
  const hashes = ["802.3ad", "balance-xor", "balance-tlb"].includes(values.mode);
  const prefers = ["active-backup", "balance-tlb", "balance-alb"].includes(values.mode);
  const { "lacp-rate": rate, "transmit-hash-policy": hash, primary, ...rest } = before?.parameters ?? {};
  return {
    interfaces: values.interfaces,
    parameters: clean({
      ...rest,
      mode: values.mode,
      "mii-monitor-interval": values.monitor.trim() || null,
      "lacp-rate": lacp && (values.lacpRate !== "slow" || rate) ? values.lacpRate : null,
      "transmit-hash-policy": hashes && (values.hashPolicy !== "layer2" || hash) ? values.hashPolicy : null,
      primary: prefers && values.primary ? values.primary : null,
    }),
  };
}

/** A port of a bond has no addresses of its own. */
function asMember(settings = {}) {
  return clean({ ...settings, dhcp4: false, dhcp6: false, addresses: [], routes: [], gateway4: null, gateway6: null, nameservers: null, optional: settings.optional ?? true });
}

const clean = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null && value !== undefined));

/** What is no number goes as it is, and the box says so. */
function number(text) {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  return Number.isNaN(Number(trimmed)) ? trimmed : Number(trimmed);
}

const FIELDS = [
  [/^addresses/, "addresses"],
  [/^(gateway4|routes\[\d+\]\.via|routes)/, "gateway"],
  [/^gateway6/, "gateway6"],
  [/^nameservers\.search/, "search"],
  [/^nameservers/, "nameservers"],
  [/^dhcp4-overrides/, "metric"],
  [/^(dhcp4|dhcp6|dhcp-identifier|link-local)/, "way"],
  [/^mtu/, "mtu"],
  [/^macaddress/, "macaddress"],
  [/^interfaces/, "interfaces"],
  [/^parameters\.mii-monitor-interval/, "monitor"],
  [/^parameters\.lacp-rate/, "lacpRate"],
  [/^parameters\.transmit-hash-policy/, "hashPolicy"],
  [/^parameters\.primary/, "primary"],
  [/^parameters/, "mode"],
];

/**
 * Findings by the field of a form that they are about; those of other ports, and of none, are left over.
 *
 * @param {{path: string, severity: string, message: string, advice: string}[]} findings
 * @param {string} kind
 * @param {string} id
 * @returns {{fields: Record<string, string>, rest: object[]}}
 */
export function findingsByField(findings, kind, id) {
  const fields = {};
  const rest = [];
  for (const finding of findings) {
    const path = finding.path.startsWith(`${kind}.${id}.`) ? finding.path.slice(kind.length + id.length + 2) : null;
    const field = path && FIELDS.find(([pattern]) => pattern.test(path))?.[1];
    if (field && finding.severity === "error") fields[field] = [fields[field], sentence(finding)].filter(Boolean).join(" ");
    else rest.push(finding);
  }
  return { fields, rest };
}

/** A finding in one line. */
export const sentence = ({ message, advice }) => (advice ? `${message}; ${advice}` : message);

/** @param {string} text a unified diff @returns {{kind: "file" | "place" | "added" | "gone" | "same", text: string}[]} */
export function diffLines(text) {
  return text.replace(/\n$/, "").split("\n").filter((line, index, all) => line !== "" || all.length > 1).map((line) => {
    if (/^(---|\+\+\+) /.test(line)) return { kind: "file", text: line };
    if (line.startsWith("@@")) return { kind: "place", text: line };
    if (line.startsWith("+")) return { kind: "added", text: line };
    if (line.startsWith("-")) return { kind: "gone", text: line };
    return { kind: "same", text: line };
  });
}
