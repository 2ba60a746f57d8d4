import assert from "node:assert/strict";
import { test } from "node:test";
import { diffLines, findingsByField, formOf, freeBondName, originOf, portsOf, withForm, withoutBond } from "../../main/resources/web/lib/network.js";
import { createNetworkChange, keepLink } from "../../main/resources/web/state/network-change.js";
import { confirmAt, confirmer } from "../../main/resources/web/state/network-confirm.js";
import { memoryStorage } from "./support.mjs";

const live = (name, kind = "port") => ({ name, kind, addresses: [], carrier: true, up: true });
const FACTORY = {
  ethernets: {
    eth0: { dhcp4: true, dhcp6: false, "dhcp-identifier": "mac", addresses: [], routes: [], nameservers: { addresses: [], search: [] }, optional: true },
    eth1: { dhcp4: false, dhcp6: false, addresses: ["192.168.150.1/24"], routes: [], nameservers: { addresses: [], search: [] }, optional: true },
  },
  bonds: {},
};

test("there is a card for each port, whether the kernel or a file knows it", () => {
  const network = {
    live: { interfaces: [live("lo", "loopback"), live("eth0"), live("docker0", "virtual"), live("usb0")] },
    configuration: { settings: { ethernets: { eth0: {}, eth9: {} }, bonds: { bond0: { interfaces: ["eth9"] } } } },
  };
  assert.deepEqual(portsOf(network).map(({ id, kind, bond }) => [id, kind, bond]), [
    ["eth0", "ethernets", null], ["usb0", "ethernets", null], ["eth9", "ethernets", "bond0"], ["bond0", "bonds", null],
  ]);
  assert.equal(portsOf(network)[1].settings, null);
  assert.equal(originOf({ "ethernets.eth0.dhcp4": "a.yaml:3:5", "ethernets.eth01.mtu": "b.yaml:1:1" }, "ethernets", "eth0"), "a.yaml:3:5");
  assert.equal(originOf({}, "ethernets", "eth0"), null);
});

test("a form that is not touched changes nothing that counts", () => {
  for (const id of ["eth0", "eth1"]) assert.deepEqual(withForm(FACTORY, "ethernets", id, formOf(FACTORY.ethernets[id])), FACTORY);
});

test("what a form does not show stays", () => {
  const eth0 = {
    ...FACTORY.ethernets.eth0, gateway4: "10.0.0.1", match: { macaddress: "00:11:22:33:44:55" }, "set-name": "eth0", "accept-ra": false,
    addresses: ["10.0.0.2/24", { "10.0.0.3/24": { label: "a" } }], dhcp4: false,
    routes: [{ to: "10.9.0.0/16", via: "10.0.0.9", metric: 7 }],
  };
  const next = withForm({ ethernets: { eth0 }, bonds: {} }, "ethernets", "eth0", { ...formOf(eth0), mtu: "9000", addresses: "10.0.0.3/24\n10.0.0.4/24" }).ethernets.eth0;
  assert.deepEqual(next, { ...eth0, mtu: 9000, addresses: [{ "10.0.0.3/24": { label: "a" } }, "10.0.0.4/24"] });
});

test("another gateway replaces the default route, in the spelling that every netplan takes", () => {
  const fixed = withForm(FACTORY, "ethernets", "eth0", { ...formOf(FACTORY.ethernets.eth0), way: "static", addresses: "10.0.0.2/24", gateway: "10.0.0.1", nameservers: "10.0.0.1, 1.1.1.1" }).ethernets.eth0;
  assert.deepEqual([fixed.dhcp4, fixed.addresses, fixed.routes, fixed.nameservers.addresses], [false, ["10.0.0.2/24"], [{ to: "0.0.0.0/0", via: "10.0.0.1" }], ["10.0.0.1", "1.1.1.1"]]);
  const old = { ...fixed, routes: [], gateway4: "10.0.0.1" };
  const moved = withForm({ ethernets: { eth0: old }, bonds: {} }, "ethernets", "eth0", { ...formOf(old), gateway: "10.0.0.254" }).ethernets.eth0;
  assert.deepEqual([moved.gateway4, moved.routes], [undefined, [{ to: "0.0.0.0/0", via: "10.0.0.254" }]]);
  const back = withForm({ ethernets: { eth0: fixed }, bonds: {} }, "ethernets", "eth0", { ...formOf(fixed), way: "direct" }).ethernets.eth0;
  assert.deepEqual([back.addresses, back.routes, back["link-local"]], [[], [], ["ipv4", "ipv6"]]);
});

test("a bond takes its ports' addresses away, and gives the ports back", () => {
  const id = freeBondName(FACTORY);
  assert.equal(id, "bond0");
  const bonded = withForm(FACTORY, "bonds", id, { ...formOf(null), way: "dhcp", interfaces: ["eth0", "eth1"], mode: "802.3ad", lacpRate: "fast", hashPolicy: "layer3+4", primary: "eth0" });
  assert.deepEqual(bonded.ethernets.eth1.addresses, []);
  assert.equal(bonded.ethernets.eth0.dhcp4, false);
  assert.deepEqual(bonded.bonds.bond0.parameters, { mode: "802.3ad", "mii-monitor-interval": "100", "lacp-rate": "fast", "transmit-hash-policy": "layer3+4" });
  assert.equal(bonded.bonds.bond0.dhcp4, true);
  const backup = withForm(bonded, "bonds", id, { ...formOf(bonded.bonds.bond0), mode: "active-backup", primary: "eth1" });
  assert.deepEqual(backup.bonds.bond0.parameters, { mode: "active-backup", "mii-monitor-interval": "100", primary: "eth1" });
  assert.deepEqual(withoutBond(backup, "bond0").bonds, {});
  // a port of a bond keeps what is its own
  const jumbo = withForm(bonded, "ethernets", "eth0", { ...formOf(bonded.ethernets.eth0), way: "static", addresses: "1.2.3.4/24", mtu: "9000" }).ethernets.eth0;
  assert.deepEqual([jumbo.mtu, jumbo.addresses], [9000, []]);
});

test("findings go to their fields, and those of other places are left over", () => {
  const error = (path, message) => ({ severity: "error", path, message, advice: "" });
  const { fields, rest } = findingsByField([
    error("ethernets.eth0.addresses[0]", "no prefix"), error("ethernets.eth0.addresses[1]", "no address"), error("ethernets.eth0.routes[0].via", "unreachable"),
    error("ethernets.eth1.mtu", "too large"), { ...error("ethernets.eth0.mtu", "large"), severity: "warning" },
  ], "ethernets", "eth0");
  assert.deepEqual(fields, { addresses: "no prefix no address", gateway: "unreachable" });
  assert.deepEqual(rest.map(({ message }) => message), ["too large", "large"]);
});

test("a diff tells its lines apart", () => {
  assert.deepEqual(diffLines("--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n z\n").map(({ kind }) => kind), ["file", "file", "place", "gone", "added", "same"]);
});

const URLS = ["https:" + "//10.0.0.2:8443/", "https:" + "//box.local:8443/"];
const transaction = (state, left = 120) => ({ id: "t1", state, left_seconds: left, window_seconds: 120, urls: URLS, reason: null });

/** A box whose answers are scripted, and a clock that is turned by hand. */
function scene(answers, present = () => transaction("awaiting_confirm")) {
  let time = 0;
  let task = () => {};
  const asked = [];
  const ended = [];
  const workers = [];
  const ask = (url, confirmation) => confirmAt(url, confirmation, async (target, options) => {
    asked.push([String(target), options]);
    return answers(String(target));
  });
  const storage = { items: memoryStorage(), getItem: (key) => storage.items.getItem(key), setItem: (key, value) => storage.items.setItem(key, value), removeItem: (key) => storage.items.setItem(key, "null") };
  const change = createNetworkChange({
    api: { networkCheck: async () => ({ passed: true, at: time }), networkTransaction: async () => ({ transaction: present() }), revertNetwork: async () => ({ transaction: transaction("rolled_back", 0) }) },
    origin: "https:" + "//192.168.150.1:8443",
    storage,
    onEnd: ({ state }) => ended.push(state),
    here: ask,
    elsewhere: (id) => {
      workers.push(id);
      return { ask, close: () => workers.splice(workers.indexOf(id), 1) };
    },
    now: () => time,
    every: (tick) => (task = tick),
    stop: () => (task = () => {}),
  });
  const pass = async (seconds) => {
    for (let second = 0; second < seconds; second += 1) {
      time += 1000;
      task();
      await new Promise((done) => setImmediate(done));
    }
  };
  return { change, pass, asked, ended, storage, workers };
}

const reply = (status, body) => ({ ok: status === 200, json: async () => body });

test("the page asks the new addresses until one answers, without cookies and as text", async () => {
  let ready = false;
  const { change, pass, asked, ended, workers } = scene((url) => {
    if (url.includes("box.local")) throw new TypeError("no route");
    return ready ? reply(200, { transaction: transaction("confirmed", 100) }) : reply(409, { code: "NOT_WAITING" });
  });
  change.begin({ transaction: transaction("prepared"), token: "secret" }, { auto: true });
  assert.deepEqual(workers, ["t1"], "while the box still answers");
  await pass(3);
  assert.equal(asked.length, 0, "not before the change has begun");
  await pass(3);
  assert.deepEqual(change.get().tried, { [URLS[0]]: "early", [URLS[1]]: "silent" });
  assert.equal(change.get().left, 114);
  ready = true;
  await pass(3);
  assert.deepEqual(ended, ["confirmed"]);
  const [url, options] = asked.at(-1);
  assert.ok(url.endsWith("/api/v1/network/confirm"));
  assert.deepEqual([options.credentials, options.headers, JSON.parse(options.body)], ["omit", undefined, { transaction: "t1", token: "secret" }]);
  const before = asked.length;
  await pass(5);
  assert.equal(asked.length, before, "and then no more");
  assert.deepEqual(workers, []);
});

test("while a change waits, the box is asked now and then what works", async () => {
  let state = "applying";
  const { change, pass } = scene(() => { throw new TypeError("no route"); }, () => transaction(state));
  change.begin({ transaction: transaction("prepared"), token: "secret" }, { auto: true });
  await pass(6);
  assert.equal(change.get().check, null, "not before it is in effect");
  state = "awaiting_confirm";
  await pass(4);
  const first = change.get().check;
  assert.equal(first.passed, true);
  await pass(5);
  assert.equal(change.get().check, first);
  await pass(8);
  assert.equal(change.get().check.at - first.at, 10_000);
});

test("without leave to keep it by itself the page waits for the button, which also asks where the page is", async () => {
  const { change, pass, asked, ended } = scene((url) => reply(url.includes("192.168") ? 200 : 403, { transaction: transaction("confirmed"), code: "WRONG_TOKEN" }));
  change.begin({ transaction: transaction("prepared"), token: "secret" }, { auto: false });
  await pass(20);
  assert.equal(asked.length, 0);
  assert.equal(await change.keep(), true);
  assert.equal(asked.length, 3);
  assert.deepEqual(ended, ["confirmed"]);
});

test("a page that is loaded anew goes on, and one of somebody else's change only watches", async () => {
  const first = scene(() => reply(409, { code: "NOT_WAITING" }));
  first.change.begin({ transaction: transaction("prepared"), token: "secret" }, { auto: true });
  const again = scene(() => reply(409, { code: "NOT_WAITING" }));
  again.storage.setItem("airbox.network-change", first.storage.getItem("airbox.network-change"));
  again.change.resume(transaction("awaiting_confirm", 60));
  assert.deepEqual([again.change.get().token, again.change.get().left], ["secret", 60]);
  const other = scene(() => reply(409, {}));
  other.change.resume({ ...transaction("awaiting_confirm"), id: "t2" });
  await other.pass(10);
  assert.equal(other.change.get().token, null);
  assert.equal(other.asked.length, 0);
  other.change.resume(transaction("confirmed"));
  assert.equal(other.change.get().transaction.id, "t2");
});

test("a box that goes back is told of when it answers again", async () => {
  let state = "awaiting_confirm";
  const { change, pass, ended } = scene(() => { throw new TypeError("gone"); }, () => { if (state === "silent") throw new TypeError("gone"); return transaction(state, 0); });
  change.begin({ transaction: transaction("prepared", 30), token: "secret" }, { auto: true });
  state = "silent";
  await pass(40);
  assert.deepEqual([change.get().left, ended], [0, []]);
  state = "rolled_back";
  await pass(3);
  assert.deepEqual(ended, ["rolled_back"]);
});

test("taking it back ends it, and the link to a new address carries the token behind #", async () => {
  const { change, ended } = scene(() => reply(409, {}));
  change.begin({ transaction: transaction("prepared"), token: "secret" }, { auto: true });
  await change.revert();
  assert.deepEqual(ended, ["rolled_back"]);
  assert.equal(keepLink(URLS[0], { id: "t1" }, "secret"), `${URLS[0]}#/keep/t1/secret`);
  assert.deepEqual(await confirmAt(URLS[0], { transaction: "t1", token: "x" }, async () => reply(403, { code: "WRONG_TOKEN" })), { outcome: "refused", code: "WRONG_TOKEN" });
});

test("other addresses are asked from a worker of the change, which may never come to life", async ({ mock }) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const sent = [];
  const worker = { postMessage: (message) => sent.push(message), terminate: () => sent.push("terminated") };
  let script = "";
  const { ask, close } = confirmer("t1", (url) => {
    script = String(url);
    return worker;
  });
  assert.ok(script.endsWith("/state/network-confirm-worker.js?t1"), script);
  const confirmation = { transaction: "t1", token: "x" };
  const answers = Promise.all([ask(URLS[0], confirmation), ask(URLS[1], confirmation)]);
  assert.deepEqual(sent.map(({ url }) => url), URLS);
  worker.onmessage({ data: { number: sent[1].number, answer: { outcome: "early" } } });
  mock.timers.tick(6000);
  assert.deepEqual(await answers, [{ outcome: "silent" }, { outcome: "early" }]);
  close();
  assert.equal(sent.at(-1), "terminated");
});
