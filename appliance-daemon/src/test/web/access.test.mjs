import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../main/resources/web/api/problem.js";
import { formatCode } from "../../main/resources/web/lib/claim-code.js";
import { passphraseStrength, requireAgreement } from "../../main/resources/web/lib/passphrase.js";
import { createAudit, matching } from "../../main/resources/web/state/audit.js";
import { createGate } from "../../main/resources/web/state/gate.js";
import { atLeast, createSession, isSecure, mayMake } from "../../main/resources/web/state/session.js";

const GUEST = { claimed: true, role: "guest", actor: "session-0123456789abcdef", key: null, guests: true, channel: "tls", expires: null, https: null, certificate: null };
const OWNER = { ...GUEST, role: "owner", actor: "owner" };

/** A session whose box answers with what is in `box.now`; tells what happened. */
function sessionOf(now) {
  const box = { now, calls: [] };
  const answer = (call) => async (body) => {
    box.calls.push([call, body]);
    return box.now;
  };
  const api = Object.fromEntries(["session", "claim", "signIn", "signOut"].map((call) => [call, answer(call)]));
  const session = createSession({ api, onChange: () => box.calls.push(["onChange"]), onEnd: () => box.calls.push(["onEnd"]) });
  return { box, session, told: () => box.calls.splice(0).map(([call]) => call) };
}

test("a code is read as it stands on the console, however it is typed", () => {
  for (const typed of ["K7M2-9QX0", "k7m29qxo", " k7m2 9qxO ", "K7M2–9QX0", "k7m2-9qx0-and more"]) {
    assert.equal(formatCode(typed), "K7M2-9QX0", typed);
  }
  assert.equal(formatCode("il0o"), "1100");
  assert.equal(formatCode("abcd"), "ABCD");
  assert.equal(formatCode("abcde"), "ABCD-E");
  assert.equal(formatCode("uU*"), "");
});

test("a passphrase is judged by what is hard to guess, not by its length alone", () => {
  const levels = {
    short: ["", "short", "Tr0ub4d&3"],
    weak: ["aaaaaaaaaaaaaaaaaaaa", "1234567890123", "password123", "password password password"],
    fair: ["correct horse battery"],
    strong: ["correct horse battery staple", "xK9#mQ2$vLp8", "红苹果和绿梨子真好吃"],
  };
  for (const [level, passphrases] of Object.entries(levels)) {
    for (const passphrase of passphrases) assert.equal(passphraseStrength(passphrase), level, passphrase);
  }
});

test("two passphrases that differ are refused at the second", () => {
  assert.throws(() => requireAgreement({ passphrase: "a", repeat: "b" }), { code: "PASSPHRASES_DIFFER", field: "repeat" });
  requireAgreement({ passphrase: "a", repeat: "a" });
});

test("roles are ordered, and guests may make pictures while the owner lets them", () => {
  assert.ok(atLeast(OWNER, "operator") && atLeast({ role: "operator" }, "operator"));
  assert.ok(!atLeast({ role: "user" }, "operator") && !atLeast({ role: "unheard of" }, "guest"));
  assert.ok(mayMake(GUEST) && mayMake({ role: "user", guests: false }) && !mayMake({ ...GUEST, guests: false }));
  assert.ok(isSecure({ channel: "tls" }) && isSecure({ channel: "loopback" }) && !isSecure({ channel: "lan" }));
});

test("an API key signs in as a key and anything else as the passphrase, spaces and all", async () => {
  const { box, session } = sessionOf(OWNER);
  await session.signIn(" abx_k7m2p9qx_secret\n");
  await session.signIn(" four random words ");
  assert.deepEqual(box.calls.filter(([call]) => call === "signIn").map(([, body]) => body),
    [{ key: "abx_k7m2p9qx_secret" }, { passphrase: " four random words " }]);
});

test("what a person sees is read anew when the person changes, not at first sight", async () => {
  const { box, session, told } = sessionOf(GUEST);
  await session.refresh();
  assert.deepEqual(told(), ["session"]);
  await session.refresh();
  assert.deepEqual(told(), ["session"]);
  box.now = OWNER;
  await session.signIn("four random words");
  assert.deepEqual(told(), ["signIn", "onChange"]);
  box.now = { ...GUEST, guests: false };
  await session.signOut();
  assert.deepEqual(told(), ["signOut", "session", "onChange"]);
  box.now = GUEST;
  await session.refresh();
  assert.deepEqual(told(), ["session", "onChange"]);
});

test("a session that ended without being asked to is told", async () => {
  const { box, session, told } = sessionOf(OWNER);
  await session.refresh();
  told();
  box.now = GUEST;
  await session.refresh();
  assert.deepEqual(told(), ["session", "onChange", "onEnd"]);
  assert.equal(session.get().role, "guest");
});

test("a session is looked at again when it should have ended", async (context) => {
  const timers = [];
  context.mock.method(globalThis, "setTimeout", (run, milliseconds) => timers.push({ run, milliseconds }));
  const hours = (count) => count * 3_600_000;
  const { box, session, told } = sessionOf({ ...OWNER, expires: new Date(Date.now() + hours(12)).toISOString() });
  await session.refresh();
  told();
  assert.equal(timers.length, 1);
  assert.ok(timers[0].milliseconds > hours(11.9) && timers[0].milliseconds <= hours(12) + 1000);
  box.now = GUEST;
  await timers[0].run();
  assert.deepEqual(told(), ["session", "onChange", "onEnd"]);
});

test("what is refused for want of a role is done after signing in", async () => {
  const gate = createGate({ session: { refresh: async () => {} } });
  let signedIn = false;
  const attempts = [];
  const done = gate.pass(async () => {
    attempts.push(signedIn);
    if (!signedIn) throw new Problem({ status: 401, code: "UNAUTHENTICATED" });
    return "done";
  });
  await new Promise(setImmediate);
  assert.equal(gate.get().dialog, "signIn");
  assert.equal(gate.get().problem.code, "UNAUTHENTICATED");
  signedIn = true;
  gate.passed();
  assert.equal(await done, "done");
  assert.deepEqual(attempts, [false, true]);
  assert.equal(gate.get().dialog, null);
});

test("a refusal stands when the dialog is put away, and an unclaimed box asks to be claimed", async () => {
  const gate = createGate({ session: { refresh: async () => {} } });
  const done = gate.pass(() => Promise.reject(new Problem({ status: 403, code: "NOT_CLAIMED" })));
  done.catch(() => {});
  await new Promise(setImmediate);
  assert.equal(gate.get().dialog, "claim");
  gate.dismiss();
  await assert.rejects(done, { code: "NOT_CLAIMED" });
});

test("what nobody's identity would change is not asked about", async () => {
  const gate = createGate({ session: { refresh: async () => {} } });
  for (const code of ["WRONG_PASSPHRASE", "WRONG_ORIGIN", "SOCKET_ONLY", "INVALID_REQUEST"]) {
    await assert.rejects(gate.pass(() => Promise.reject(new Problem({ status: 403, code }))), { code });
    assert.equal(gate.get().dialog, null);
  }
});

test("two refusals ask once, and both go on", async () => {
  const gate = createGate({ session: { refresh: async () => {} } });
  let signedIn = false;
  const attempt = async () => {
    if (!signedIn) throw new Problem({ status: 401, code: "UNAUTHENTICATED" });
    return "done";
  };
  const both = Promise.all([gate.pass(attempt), gate.pass(attempt)]);
  await new Promise(setImmediate);
  signedIn = true;
  gate.passed();
  assert.deepEqual(await both, ["done", "done"]);
});

test("the audit log is read page by page and kept up with", async () => {
  let newest = 60;
  const api = {
    audit: async ({ limit, before = newest + 1 }) =>
      Array.from({ length: Math.min(limit, before - 1) }, (_, i) => ({ number: before - 1 - i })),
  };
  const audit = createAudit(api);
  await audit.refresh();
  assert.deepEqual([audit.get().entries.length, audit.get().complete], [25, false]);
  await audit.more();
  await audit.more();
  assert.deepEqual([audit.get().entries.length, audit.get().complete], [60, true]);
  newest = 61;
  await audit.refresh();
  assert.deepEqual(audit.get().entries.map(({ number }) => number), Array.from({ length: 61 }, (_, i) => 61 - i));
  assert.equal(audit.get().complete, true);
});

test("a short audit log is complete at once, and a failure keeps what was read", async () => {
  let fails = false;
  const audit = createAudit({
    audit: async () => {
      if (fails) throw new Problem({ status: 500, code: "STORAGE_FAULT" });
      return [{ number: 1 }];
    },
  });
  await audit.refresh();
  assert.equal(audit.get().complete, true);
  fails = true;
  await audit.refresh();
  assert.deepEqual([audit.get().entries.length, audit.get().problem.code, audit.get().loading], [1, "STORAGE_FAULT", false]);
});

test("audit entries are found by words in any of their parts", () => {
  const entries = [
    { number: 2, actor: "owner", action: "key.add", after: 'user "Tablet"', address: "192.168.1.20" },
    { number: 1, actor: "192.168.1.77", action: "session.begin", outcome: "WRONG_PASSPHRASE" },
  ];
  const found = (words) => matching(entries, words).map(({ number }) => number);
  assert.deepEqual(found(""), [2, 1]);
  assert.deepEqual(found("tablet KEY"), [2]);
  assert.deepEqual(found("192.168"), [2, 1]);
  assert.deepEqual(found("wrong owner"), []);
});
