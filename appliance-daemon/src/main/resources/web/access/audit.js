import { Loaded } from "../components/loaded.js";
import { textOr } from "../i18n/index.js";
import { formatDistance, formatTime } from "../lib/format.js";
import { matching } from "../state/audit.js";
import { html, useState } from "../ui/html.js";
import { Icon, IconButton } from "../ui/icon.js";
import { useStore, useText } from "../ui/services.js";

/** What was done, by whom, and what became of it. */
export function AuditPanel({ audit, keys }) {
  const { entries, loaded, loading, complete, problem } = useStore(audit);
  const { t } = useText();
  const [words, setWords] = useState("");
  const found = matching(entries, words);
  return html`
    <section class="panel audit">
      <div class="panel-head">
        <div>
          <h2>${t("audit.title")}</h2>
          <p class="hint">${t("audit.text")}</p>
        </div>
        <div class="audit-tools">
          <input type="search" id="audit-filter" placeholder=${t("audit.filter")} aria-label=${t("audit.filter")} value=${words}
            onInput=${(event) => setWords(event.target.value)} />
          <${IconButton} icon="again" label=${t("audit.refresh")} onClick=${audit.refresh} />
        </div>
      </div>
      <${Loaded} of=${{ value: loaded ? found : null, problem, reload: audit.refresh }}>
        ${(list) => html`
          ${list.length === 0 && html`<p class="nothing"><${Icon} name="list" /> ${t(entries.length === 0 ? "audit.none" : "audit.noneFound")}</p>`}
          <ol class="audit-list">${list.map((entry) => html`<${Entry} key=${entry.number} entry=${entry} keys=${keys} />`)}</ol>`}
      <//>
      ${loaded && (words || !complete) && html`
        <p class="audit-end hint" role="status">
          ${words && t("audit.found", { n: found.length, of: entries.length })}
          ${!complete && html` <button type="button" class="button" aria-disabled=${loading ? "true" : undefined} onClick=${audit.more}>${t("audit.more")}</button>`}
        </p>`}
    </section>`;
}

function Entry({ entry, keys }) {
  const { language, t } = useText();
  const { time, actor, address, channel, action, target, before, after, outcome } = entry;
  const good = outcome === "done";
  const about = keys.find(({ id }) => id === target)?.name ?? target ?? after;
  const facts = { actor, address, channel: channel && textOr(t, `channel.${channel}`, channel), outcome: textOr(t, `outcome.${outcome}`, outcome) };
  return html`
    <li>
      <details class="audit-entry">
        <summary>
          <span class="audit-mark ${good ? "" : "audit-refused"}"><${Icon} name=${good ? "check" : "warning"} /></span>
          <span class="audit-what">
            <span><strong>${textOr(t, `did.${action}`, action)}</strong>${about && html` <span class="audit-target">${about}</span>`}</span>
            <span class="audit-who">${nameOf(actor, keys, t)}${!good && html` · <span class="audit-outcome">${textOr(t, `outcome.${outcome}`, outcome)}</span>`}</span>
          </span>
          <time class="audit-time" datetime=${time} title=${formatTime(time, language)}>${formatDistance(time, language)}</time>
        </summary>
        <div class="audit-more">
          ${before !== after && html`
            <p class="change">
              <span class="visually-hidden">${t("audit.changes")}</span>
              ${before !== null && html`<del>${before}</del>`}
              ${before !== null && after !== null && html`<span aria-hidden="true">→</span>`}
              ${after !== null && html`<ins>${after}</ins>`}
            </p>`}
          <dl class="fact-line">
            <div><dt>${t("audit.time")}</dt><dd>${formatTime(time, language)}</dd></div>
            ${Object.entries(facts).filter(([, value]) => value).map(([name, value]) => html`
              <div key=${name}><dt>${t(`audit.${name}`)}</dt><dd>${value}</dd></div>`)}
          </dl>
        </div>
      </details>
    </li>`;
}

/** Who that was, in a person's words where there are some. */
function nameOf(actor, keys, t) {
  if (actor === "owner") return t("role.owner");
  if (actor === "local") return t("audit.local");
  if (actor?.startsWith("session-")) return t("role.guest");
  const key = keys.find(({ id }) => actor === `key-${id}`);
  return key ? t("audit.key", { name: key.name }) : actor;
}
