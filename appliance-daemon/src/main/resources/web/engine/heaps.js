import { textOr } from "../i18n/index.js";
import { boundsOf, formatMemory, heapGroups, segmentsOf } from "../lib/memory.js";
import { html } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useText } from "../ui/services.js";

/** How full memory is, heap by heap: as bars to see it, as a table to read it. */
export function HeapsPanel({ tpu, packs }) {
  const { t } = useText();
  const { evictions, refusals, processes } = tpu;
  return html`
    <section class="panel heaps">
      <div class="panel-head">
        <h2>${t("heaps.title")}</h2>
        ${tpu.heaps.length > 0 && html`
          <p class="heap-legend hint" aria-hidden="true">
            ${["ours", "others", "free"].map((kind) => html`<span key=${kind}><span class="key key-${kind}"></span> ${t(`heaps.${kind}`)}</span>`)}
          </p>`}
      </div>
      ${tpu.heaps.length === 0 && html`<p class="nothing"><${Icon} name="info" /> ${t("heaps.none")}</p>`}
      ${heapGroups(tpu).map((group) => html`<${Group} key=${group.id} group=${group} tpu=${tpu} packs=${packs} />`)}
      ${tpu.heaps.length > 0 && html`<${Table} heaps=${tpu.heaps} />`}
      ${(evictions > 0 || refusals > 0) && html`
        <p class="hint" id="heap-counts">${t("heaps.evictions", { n: evictions })} ${t("heaps.refusals", { n: refusals })}</p>`}
      ${processes?.length > 0 && html`<${Processes} of=${processes} />`}
    </section>`;
}

/** Limit and head-room bound heaps together, so their marks are on the bar of all. */
function Group({ group: { id, heaps, sum }, tpu, packs }) {
  const within = new Set(heaps.map(({ heap }) => heap));
  return html`
    <div class="heap-group" data-group=${id}>
      ${sum && html`<${Heap} heap=${sum} within=${within} tpu=${tpu} packs=${packs} bounded />`}
      ${heaps.map((heap) => html`<${Heap} key=${heap.heap} heap=${heap} tpu=${tpu} packs=${packs} bounded=${!sum} />`)}
    </div>`;
}

function Heap({ heap, within, tpu, packs, bounded = false }) {
  const { t } = useText();
  const size = sizeText(t);
  const segments = segmentsOf(heap, packs.flatMap(({ memory }) => memory ?? []), within);
  const bounds = bounded ? boundsOf(tpu, heap) : { limit: null, headroom: null };
  const name = textOr(t, `heap.${heap.heap}`, heap.heap);
  const limit = bounds.limit !== null && t("heaps.limit", { size: size(tpu.limit_bytes) });
  const headroom = bounds.headroom !== null && t("heaps.headroom", { size: size(tpu.headroom_bytes) });
  const label = [
    t("heaps.bar", { name, ours: size(heap.ours_bytes), others: size(heap.others_bytes), free: size(heap.free_bytes), total: size(heap.total_bytes) }),
    limit, headroom,
  ].filter(Boolean).join(" ");
  return html`
    <div class="heap" data-heap=${heap.heap}>
      <p class="heap-head"><span class="heap-name">${name}</span> <span class="heap-size">${size(heap.total_bytes)}</span></p>
      ${segments.length > 0 && html`
        <div class="heap-bar" role="img" aria-label=${label}>
          ${segments.map((segment) => html`<${Segment} key=${segment.kind + segment.name} of=${segment} packs=${packs} />`)}
          ${headroom && html`<span class="headroom" title=${headroom} style=${{ width: `${bounds.headroom * 100}%` }}></span>`}
          ${limit && html`<span class="limit" title=${limit} style=${{ left: `${bounds.limit * 100}%` }}></span>`}
        </div>`}
      ${(limit || headroom) && html`
        <p class="heap-bounds hint" aria-hidden="true">
          ${limit && html`<span><span class="key key-limit"></span> ${limit}</span>`}
          ${headroom && html`<span><span class="key key-headroom"></span> ${headroom}</span>`}
        </p>`}
    </div>`;
}

function Segment({ of: { kind, name, bytes, share }, packs }) {
  const { t } = useText();
  const pack = packs.find((each) => each.name === name);
  const title = `${pack?.title ?? t(`heaps.${kind}`)}: ${formatMemory(bytes)} (${percent(share)})`;
  return html`<span class="segment segment-${kind}" data-tint=${pack?.tint} title=${title} style=${{ flexGrow: share }}></span>`;
}

/** The same in figures. */
function Table({ heaps }) {
  const { t } = useText();
  const size = sizeText(t);
  const columns = ["ours", "others", "free", "total", "ours_peak", "peak"].filter((column) => heaps.some((heap) => heap[`${column}_bytes`] !== null));
  return html`
    <table class="table heap-table" role="table">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">${t("heaps.heap")}</th>
          ${columns.map((column) => html`
            <th key=${column} role="columnheader" scope="col" title=${textOr(t, `heapsHint.${column}`, "") || undefined}>
              ${t(`heaps.${column}`)}
            </th>`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${heaps.map((heap) => html`
          <tr key=${heap.heap} role="row" data-heap-row=${heap.heap}>
            <th role="rowheader" scope="row"><code>${heap.heap}</code></th>
            ${columns.map((column) => html`<${Cell} key=${column} bytes=${heap[`${column}_bytes`]} column=${t(`heaps.${column}`)} size=${size} />`)}
          </tr>`)}
      </tbody>
    </table>`;
}

function Cell({ bytes, column, size }) {
  const { language, t } = useText();
  return html`
    <td role="cell" data-column=${column} class=${bytes === null ? "untold" : ""} title=${bytes === null ? undefined : t("heaps.bytes", { n: bytes.toLocaleString(language) })}>
      ${size(bytes)}
    </td>`;
}

/** Who holds device memory; for operators. */
function Processes({ of }) {
  const { t } = useText();
  return html`
    <details class="processes">
      <summary>${t("heaps.processes", { n: of.length })}</summary>
      <ul>
        ${of.map(({ pid, name, bytes }) => html`
          <li key=${pid}><span><span lang="en">${name}</span> <span class="hint">${t("heaps.pid", { pid })}</span></span> <span>${formatMemory(bytes)}</span></li>`)}
      </ul>
    </details>`;
}

/** Sizes, and a word for one that nobody tells. */
const sizeText = (t) => (bytes) => (bytes === null ? t("device.unknown") : formatMemory(bytes));

const percent = (share) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`;
