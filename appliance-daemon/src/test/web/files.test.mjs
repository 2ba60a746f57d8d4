import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { files, read, WEB } from "./support.mjs";

const page = read("index.html");

test("the page has no inline script and no inline style, so that its policy can be strict", () => {
  assert.doesNotMatch(page, /<script(?![^>]*\bsrc=)/);
  assert.doesNotMatch(page, /<style|\sstyle=|\son\w+=/);
});

test("nothing points outside the box", () => {
  for (const path of [...files(".js"), ...files(".css"), ...files(".svg"), "index.html"]) {
    const elsewhere = read(path).match(/https?:\/\/(?!www\.w3\.org\/2000\/svg)[^\s"'`)]+/g);
    assert.equal(elsewhere, null, `${path}: ${elsewhere}`);
  }
});

test("every module is preloaded, so that loading does not wait for imports of imports", () => {
  const preloaded = [...page.matchAll(/modulepreload" href="([^"/][^"]*)"/g)].map(([, path]) => path);
  const modules = files(".js").filter((path) => path !== "main.js" && path !== "theme.js");
  assert.deepEqual(preloaded.sort(), modules.sort());
});

test("the page's own files are small: below 80 kB compressed", () => {
  const paths = [...files(".js"), ...files(".css"), ...files(".svg"), "index.html"];
  const bytes = paths.reduce((sum, path) => sum + gzipSync(read(path)).length, 0);
  console.log(`${paths.length} files of ${WEB.split("/").pop()}/, ${bytes} bytes compressed`);
  assert.ok(bytes < 80_000, `${bytes}`);
});

test("every drawing that is named exists", () => {
  const drawings = new Set([...read("images/icons.svg").matchAll(/id="(\w+)"/g)].map(([, id]) => id));
  const sources = files(".js").map(read).join("\n");
  for (const [, name] of sources.matchAll(/(?:<\$\{Icon\} name|icon)="(\w+)"/g)) assert.ok(drawings.has(name), name);
});
