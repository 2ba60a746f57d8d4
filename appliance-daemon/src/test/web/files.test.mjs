import assert from "node:assert/strict";
import { posix } from "node:path";
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

/** Modules that are loaded with this one, itself included; `dynamic` ones are fetched when they are needed. */
function loadedWith(path, found = new Set(), dynamic = new Set()) {
  if (found.has(path)) return { found, dynamic };
  found.add(path);
  const source = read(path);
  const resolved = (name) => posix.join(posix.dirname(path), name);
  for (const [, name] of source.matchAll(/from "(\.[^"]+)"/g)) loadedWith(resolved(name), found, dynamic);
  // a worker's
  for (const [, name] of source.matchAll(/new URL\("([^"]+\.js)", import\.meta\.url\)/g)) loadedWith(resolved(name), found, dynamic);
  for (const [, name] of source.matchAll(/import\("(\.[^"]+)"\)/g)) dynamic.add(resolved(name));
  return { found, dynamic };
}

const first = loadedWith("main.js");
const later = [...first.dynamic].map((path) => loadedWith(path).found);

test("every module of the first view is preloaded, so that loading does not wait for imports of imports", () => {
  const preloaded = [...page.matchAll(/modulepreload" href="([^"/][^"]*)"/g)].map(([, path]) => path);
  assert.deepEqual(preloaded.sort(), [...first.found].filter((path) => path !== "main.js").sort());
});

test("every module is used", () => {
  const used = new Set(["theme.js", ...first.found, ...later.flatMap((found) => [...found])]);
  assert.deepEqual(files(".js").filter((path) => !used.has(path)), []);
});

const styles = [...page.matchAll(/stylesheet" href="([^"]+)"/g)].map(([, path]) => path);

test("the files of the first view are small: below 80 kB compressed", () => {
  // one language comes with it, the largest counts
  const languages = ["i18n/en.js", "i18n/zh.js"].sort((a, b) => gzipSync(read(a)).length - gzipSync(read(b)).length);
  const paths = [...first.found, languages.at(-1), ...styles, ...files(".svg"), "index.html", "theme.js"];
  const bytes = paths.reduce((sum, path) => sum + gzipSync(read(path)).length, 0);
  console.log(`${paths.length} files of ${WEB.split("/").pop()}/, ${bytes} bytes compressed`);
  assert.ok(bytes < 80_000, `${bytes}`);
});

test("every drawing that is named exists", () => {
  const drawings = new Set([...read("images/icons.svg").matchAll(/id="(\w+)"/g)].map(([, id]) => id));
  const sources = files(".js").map(read).join("\n");
  for (const [, name] of sources.matchAll(/(?:<\$\{Icon\} name|icon)="(\w+)"/g)) assert.ok(drawings.has(name), name);
});
