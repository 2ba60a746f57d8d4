import { Confirm } from "../components/confirm.js";
import { Loaded } from "../components/loaded.js";
import { formatDay, formatDistance, formatTime } from "../lib/format.js";
import { html, useState } from "../ui/html.js";
import { Icon, IconButton } from "../ui/icon.js";
import { useServices, useText } from "../ui/services.js";
import { AddKey } from "./add-key.js";

/** The keys of people and programs: what each may do, and whether it is still used. */
export function KeysPanel({ keys, onChange }) {
  const { t } = useText();
  const [adding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState(null);
  return html`
    <section class="panel">
      <div class="panel-head">
        <div>
          <h2>${t("keys.title")}</h2>
          <p class="hint">${t("keys.text")}</p>
        </div>
        <button type="button" id="add-key" class="button" onClick=${() => setAdding(true)}><${Icon} name="plus" /> ${t("keys.add")}</button>
      </div>
      <${Loaded} of=${keys}>
        ${(list) => list.length === 0
          ? html`<p class="nothing"><${Icon} name="key" /> ${t("keys.none")}</p>`
          : html`<${Table} keys=${list} onRevoke=${setRevoking} />`}
      <//>
      ${adding && html`<${AddKey} onAdded=${onChange} onClose=${() => setAdding(false)} />`}
      ${revoking && html`<${Revoke} of=${revoking} onRevoked=${onChange} onClose=${() => setRevoking(null)} />`}
    </section>`;
}

/** On a narrow screen each row stands as a block, with the column's name before each value; the roles keep it a table. */
function Table({ keys, onRevoke }) {
  const { t } = useText();
  const columns = ["name", "today", "jobs", "used", "expires"];
  return html`
    <table class="table keys" role="table">
      <thead role="rowgroup">
        <tr role="row">
          ${columns.map((column) => html`<th key=${column} role="columnheader" scope="col">${t(`keys.${column}`)}</th>`)}
          <th role="columnheader" scope="col"><span class="visually-hidden">${t("keys.revoke")}</span></th>
        </tr>
      </thead>
      <tbody role="rowgroup">${keys.map((key) => html`<${Row} key=${key.id} of=${key} onRevoke=${() => onRevoke(key)} />`)}</tbody>
    </table>`;
}

function Row({ of: key, onRevoke }) {
  const { language, t } = useText();
  const { id, name, role, expires, last_used: used, pictures_today: today, pictures_per_day: daily, concurrent_jobs: jobs } = key;
  const expired = expires && Date.parse(expires) < Date.now();
  const cell = (column, title, content) => html`
    <td role="cell" data-column=${t(`keys.${column}`)} title=${title || undefined}>${content}</td>`;
  return html`
    <tr role="row" class=${expired ? "row-over" : ""} data-key=${id}>
      <th role="rowheader" scope="row">
        <span class="key-name">${name}</span> <span class="tag tag-${role}">${t(`role.${role}`)}</span>
        <code class="key-id">abx_${id}_…</code>
      </th>
      ${cell("today", "", daily
        ? html`${t("keys.of", { n: today, of: daily })} <progress max=${daily} value=${today} aria-label=${t("keys.today")}></progress>`
        : today)}
      ${cell("jobs", "", jobs ?? t("keys.unlimited"))}
      ${cell("used", used && formatTime(used, language), used ? formatDistance(used, language) : t("keys.never"))}
      ${cell("expires", expires && formatTime(expires, language), expired ? html`<span class="tag tag-bad">${t("keys.expired")}</span>` : expires ? formatDay(expires, language) : t("keys.never"))}
      <td role="cell" class="row-actions"><${IconButton} icon="trash" label=${t("keys.revokeNamed", { name })} onClick=${onRevoke} /></td>
    </tr>`;
}

function Revoke({ of: { id, name }, onRevoked, onClose }) {
  const { api, toasts } = useServices();
  const { t } = useText();
  const run = async () => {
    try {
      await api.revokeKey(id);
    } catch (problem) {
      if (problem.status !== 404) throw problem; // somebody was faster
    }
    toasts.show(t("toast.keyRevoked", { name }));
    onRevoked();
  };
  return html`
    <${Confirm} title=${t("keys.revokeNamed", { name })} action=${t("keys.revoke")} icon="trash" danger run=${run} onClose=${onClose}>
      <p>${t("keys.revokeText")}</p>
    <//>`;
}
