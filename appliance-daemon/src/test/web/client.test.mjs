import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "../../main/resources/web/api/client.js";
import { translator } from "../../main/resources/web/i18n/index.js";
import { isTyping, shortcutFor } from "../../main/resources/web/lib/shortcuts.js";
import { problemText } from "../../main/resources/web/ui/problem-text.js";
import "./support.mjs";

function clientThat(answer) {
  const calls = [];
  const client = createClient(async (path, options) => {
    calls.push({ path, ...options });
    return answer();
  });
  return { client, calls };
}

test("a request is sent as JSON and its reply parsed", async () => {
  const { client, calls } = clientThat(() => Response.json({ id: "01k" }, { status: 202 }));
  assert.deepEqual(await client.submit({ prompt: "a" }), { id: "01k" });
  assert.deepEqual([calls[0].path, calls[0].method, calls[0].body], ["/api/v1/jobs", "POST", '{"prompt":"a"}']);
});

test("ids are escaped in paths", async () => {
  const { client, calls } = clientThat(() => Response.json({}));
  await client.picture("../jobs");
  assert.equal(calls[0].path, "/api/v1/pictures/..%2Fjobs");
});

test("a reply without a body is an answer", async () => {
  const { client } = clientThat(() => new Response(null, { status: 204 }));
  assert.deepEqual(await client.deletePicture("01k-0"), {});
});

test("a problem keeps its field, code and waiting time", async () => {
  const body = { title: "Bad Request", status: 400, detail: "steps: -3 is out of range", code: "INVALID_REQUEST", field: "steps" };
  const { client } = clientThat(() => Response.json(body, { status: 400, headers: { "Retry-After": "12" } }));
  await assert.rejects(client.submit({}), { status: 400, code: "INVALID_REQUEST", field: "steps", message: body.detail, retryAfter: 12 });
});

test("an answer that is no JSON and no answer at all are problems too", async () => {
  const { client: proxy } = clientThat(() => new Response("<html>", { status: 502, statusText: "Bad Gateway" }));
  await assert.rejects(proxy.status(), { status: 502, message: "Bad Gateway" });
  const { client: silent } = clientThat(() => Promise.reject(new TypeError("Failed to fetch")));
  await assert.rejects(silent.status(), { status: 0, code: "NO_ANSWER" });
});

test("a redirect to TLS is told, not followed: the browser may not know that certificate", async () => {
  const { client, calls } = clientThat(() => ({ type: "opaqueredirect", ok: false, status: 0, headers: new Headers() }));
  await assert.rejects(client.claim({ code: "K7M2-9QX0", passphrase: "…" }), { status: 307, code: "TLS_REQUIRED" });
  assert.equal(calls[0].redirect, "manual");
});

test("the audit log's pages and a key's id go into the address", async () => {
  const { client, calls } = clientThat(() => Response.json({ entries: [] }));
  await client.audit({ limit: 25 });
  await client.audit({ limit: 25, before: 7 });
  await client.revokeKey("a/b");
  assert.deepEqual(calls.map(({ method, path }) => `${method} ${path}`),
    ["GET /api/v1/audit?limit=25", "GET /api/v1/audit?limit=25&before=7", "DELETE /api/v1/keys/a%2Fb"]);
});

test("a problem is told in the reader's language, with the daemon's details", () => {
  const problem = { code: "INVALID_REQUEST", message: "steps: -3 is out of range" };
  assert.equal(problemText(problem, translator("zh")), "这个值不可用。 steps: -3 is out of range");
  assert.equal(problemText({ code: "QUEUE_FULL", message: "…", retryAfter: 12 }, translator("en")), "The queue is full. Try again in 12 s.");
  assert.equal(problemText({ code: "QUOTA_EXCEEDED", message: "…", retryAfter: 7200 }, translator("zh")), "此密钥今日的图片额度已用完，2 小时 0 分钟 后恢复。");
  assert.equal(problemText({ code: "NEW_CODE", message: "as it says" }, translator("en")), "as it says");
  assert.equal(problemText({}, translator("en")), "Something went wrong.");
});

test("keys mean something, but not while one types", () => {
  const key = (name, more = {}) => ({ key: name, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });
  assert.equal(shortcutFor(key("Enter", { ctrlKey: true }), true), "make");
  assert.equal(shortcutFor(key("Enter", { metaKey: true }), true), "make");
  assert.equal(shortcutFor(key("Escape"), true), "cancel");
  assert.equal(shortcutFor(key("a"), true), null);
  assert.equal(shortcutFor(key("a"), false), "again");
  assert.equal(shortcutFor(key("c", { ctrlKey: true }), false), null);
  assert.equal(shortcutFor(key("?", { shiftKey: true }), false), "help");
  assert.equal(shortcutFor(key("x"), false), null);
});

test("a slider is not a place to type in", () => {
  assert.equal(isTyping({ tagName: "INPUT", type: "range" }), false);
  assert.equal(isTyping({ tagName: "INPUT", type: "text" }), true);
  assert.equal(isTyping({ tagName: "TEXTAREA" }), true);
  assert.equal(isTyping(null), false);
});
