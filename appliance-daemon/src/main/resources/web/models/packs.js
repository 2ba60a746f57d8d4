import { Confirm } from "../components/confirm.js";
import { formatBytes, formatDistance, formatTime } from "../lib/format.js";
import { formatMemory } from "../lib/memory.js";
import { html, useState } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useText } from "../ui/services.js";

/** What is installed: what answers, what there is to go back to; and what came with the program. */
export function PacksPanel({ told: { packs }, usable, models, steers }) {
  const { t } = useText();
  const [asked, ask] = useState(/** @type {{name: string, action: string} | null} */ (null));
  const others = usable.filter(({ name }) => !packs.some((pack) => pack.name === name));
  return html`
    <section class="panel packs" aria-labelledby="installed-title">
      <h2 id="installed-title">${t("models.title")}</h2>
      <ul class="pack-list" id="installed">
        ${packs.map((pack) => html`<${Pack} key=${pack.name} pack=${pack} title=${titleOf(pack.name, usable)} steers=${steers} ask=${ask} />`)}
        ${others.map((pack) => html`<${Fixed} key=${pack.name} pack=${pack} />`)}
      </ul>
      ${asked && html`<${Asked} key=${asked.action} of=${asked} models=${models} onClose=${() => ask(null)} />`}
    </section>`;
}

const titleOf = (name, usable) => usable.find((pack) => pack.name === name)?.title ?? name;

function Pack({ pack: { name, current, previous }, title, steers, ask }) {
  const { t } = useText();
  return html`
    <li class="pack" data-pack=${name}>
      <div class="pack-head">
        <div class="pack-name"><h3>${title}</h3>${title !== name && html`<p class="hint">${name}</p>`}</div>
        ${steers && html`
          <div class="pack-actions">
            ${previous?.present && html`<button type="button" class="button" id="roll-back-${name}" onClick=${() => ask({ name, action: "rollBack" })}><${Icon} name="again" /> ${t("models.rollBack")}<span class="visually-hidden"> ${title}</span></button>`}
            <button type="button" class="button" id="remove-${name}" onClick=${() => ask({ name, action: "remove" })}><${Icon} name="trash" /> ${t("models.remove")}<span class="visually-hidden"> ${title}</span></button>
          </div>`}
      </div>
      ${current && html`<${Slot} of=${current} kind="current" />`}
      ${previous && html`<${Slot} of=${previous} kind="previous" />`}
    </li>`;
}

function Slot({ of: slot, kind }) {
  const { language, t } = useText();
  const { version, bytes, memory_bytes: memory, licence, authority, since, place, present, problem } = slot;
  const figures = {
    version,
    disk: present ? formatBytes(bytes) : t("models.absent"),
    memory: memory === null || memory === undefined ? t("models.unknown") : formatMemory(memory),
    licence: licence ?? t("models.unknown"),
    authority,
  };
  return html`
    <div class="models-slot" data-slot=${kind}>
      <h4>${t(`slot.${kind}`)} <time class="hint" datetime=${since} title=${formatTime(since, language)}>${formatDistance(since, language)}</time></h4>
      <${Figures} of=${figures} />
      ${problem && html`<p class="notice notice-bad"><${Icon} name="warning" /> <span lang="en">${problem}</span></p>`}
      <p class="hint models-place">${place}</p>
    </div>`;
}

function Figures({ of: figures }) {
  const { t } = useText();
  return html`
    <dl class="models-figures">
      ${Object.entries(figures).map(([name, text]) => html`<div key=${name} data-figure=${name}><dt>${t(`models.${name}`)}</dt><dd>${text}</dd></div>`)}
    </dl>`;
}

/** One that was not installed here, so that nothing can be done with it. */
function Fixed({ pack: { name, title, version } }) {
  const { t } = useText();
  return html`
    <li class="pack" data-pack=${name}>
      <div class="pack-head">
        <div class="pack-name"><h3>${title}</h3><p class="hint">${title === name ? version : `${name} ${version}`}</p></div>
        <p class="pack-tags"><span class="tag" title=${t("models.fixedHint")}>${t("models.fixed")}</span></p>
      </div>
    </li>`;
}

const ICONS = { rollBack: "again", remove: "trash" };

function Asked({ of: { name, action }, models, onClose }) {
  const { toasts } = useServices();
  const { t } = useText();
  const run = async () => {
    await models[action](name);
    toasts.show(t(`modelsDone.${action}`, { name }));
  };
  return html`
    <${Confirm} title=${t(`modelsAsk.${action}`, { name })} action=${t(`models.${action}`)} icon=${ICONS[action]} danger=${action === "remove"} run=${run} onClose=${onClose}>
      <p>${t(`modelsText.${action}`)}</p>
    <//>`;
}
