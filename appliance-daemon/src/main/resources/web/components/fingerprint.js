import { html } from "../ui/html.js";

const PAIRS = 8;

/** A SHA-256 in lines of eight pairs, for the eye that compares it with another. @param {{sha256: string}} properties */
export function Fingerprint({ sha256 }) {
  const pairs = sha256.split(":");
  const lines = Array.from({ length: Math.ceil(pairs.length / PAIRS) }, (_, i) => pairs.slice(i * PAIRS, (i + 1) * PAIRS).join(":"));
  return html`<code class="fingerprint">${lines.map((line, i) => html`<span key=${i}>${line}${i < lines.length - 1 ? ":" : ""}</span>`)}</code>`;
}
