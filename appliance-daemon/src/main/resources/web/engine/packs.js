import { textOr } from "../i18n/index.js";
import { formatDistance, formatTime } from "../lib/format.js";
import { formatMemory, largestOf, purposeText } from "../lib/memory.js";
import { atLeast } from "../state/session.js";
import { html, useState } from "../ui/html.js";
import { Icon, IconButton } from "../ui/icon.js";
import { problemText } from "../ui/problem-text.js";
import { useServices, useStore, useText } from "../ui/services.js";

/** The packs: what each holds, and for operators what shall become of it. */
export function PacksPanel({ tpu, packs, memory }) {
  const { session } = useServices();
  const { t } = useText();
  const steers = atLeast(useStore(session), "operator");
  const largest = largestOf(tpu.packs);
  return html`
    <section class="panel packs">
      <div>
        <h2>${t("packs.title")}</h2>
        <p class="hint">${t("packs.text")}</p>
      </div>
      ${packs.length === 0 && html`<p class="nothing"><${Icon} name="image" /> ${t("packs.none")}</p>`}
      <ul class="pack-list">
        ${packs.map((pack) => html`<${Pack} key=${pack.name} pack=${pack} largest=${largest} steers=${steers} memory=${memory} />`)}
      </ul>
    </section>`;
}

function Pack({ pack, largest, steers, memory }) {
  const { language, t } = useText();
  const { name, title, version, tint, memory: held } = pack;
  const steering = useSteering(pack, memory);
  return html`
    <li class="pack" data-pack=${name} data-loaded=${held ? "true" : "false"}>
      <div class="pack-head">
        <span class="swatch" data-tint=${held ? tint : undefined} aria-hidden="true"></span>
        <div class="pack-name">
          <h3>${title}</h3>
          <p class="hint">
            ${title === name ? version : `${name} ${version}`}
            ${held && html` · <span title=${formatTime(held.last_used, language)}>${t("packs.used", { time: formatDistance(held.last_used, language) })}</span>`}
          </p>
        </div>
        <p class="pack-tags">
          ${held?.running && html`<span class="tag tag-running">${t("packs.running")}</span>`}
          ${held?.pinned && html`<span class="tag tag-pinned"><${Icon} name="pin" /> ${t("packs.pinned")}</span>`}
          ${held ? html`<span class="tag">${textOr(t, `packEngine.${held.engine}`, held.engine)}</span>` : html`<span class="tag">${t("packs.absent")}</span>`}
        </p>
        ${steers && html`<${Actions} pack=${pack} steering=${steering} />`}
      </div>
      <${Refused} steering=${steering} />
      ${held && html`<${Figures} of=${held} tint=${tint} largest=${largest} /><${Networks} of=${held} tint=${tint} />`}
    </li>`;
}

const WISHES = {
  load: { loaded: true },
  unload: { loaded: false },
  pin: { pinned: true },
  unpin: { pinned: false },
};

/**
 * Doing something with a pack, which takes as long as it takes.
 *
 * @returns {{doing: string | null, problem: object | null, run: (action: string) => Promise<void>, dismiss: () => void}}
 */
function useSteering({ name, title }, memory) {
  const { connection, gate, toasts } = useServices();
  const { t } = useText();
  const [doing, setDoing] = useState(/** @type {string | null} */ (null));
  const [problem, setProblem] = useState(null);
  return {
    doing,
    problem,
    dismiss: () => setProblem(null),
    async run(action) {
      if (doing) return;
      setDoing(action);
      setProblem(null);
      try {
        await gate.pass(() => memory.steer(name, WISHES[action]));
        toasts.show(t(`packsDone.${action}`, { name: title }));
      } catch (refused) {
        if (refused.status === 0) connection.suspect();
        setProblem(refused);
      } finally {
        setDoing(null);
      }
    },
  };
}

/** Why that was not done, in the reader's words; the figures are in the box's own. */
function Refused({ steering: { problem, dismiss } }) {
  const { t } = useText();
  const known = problem && problemText({ ...problem, message: "" }, t);
  const detail = problem && problemText(problem, t) !== known;
  return html`
    <div role="alert" class="refusal">
      ${problem && html`
        <div class="notice notice-bad">
          <${Icon} name="warning" />
          <span>
            <strong>${known}</strong> ${problem.code === "OUT_OF_MEMORY" && t("packs.makeRoom")}
            ${detail && html`<span class="notice-detail" lang="en">${problem.message}</span>`}
          </span>
          <${IconButton} icon="close" label=${t("action.dismiss")} onClick=${dismiss} />
        </div>`}
    </div>`;
}

/** Each button stays in its place when its word changes, so that the focus stays on it. */
function Actions({ pack: { name, title, memory: held }, steering }) {
  return html`
    <div class="pack-actions">
      <${Action} key="load" action=${held ? "unload" : "load"} icon=${held ? "leave" : "plus"} name=${name} title=${title} steering=${steering} />
      <${Action} key="pin" action=${held?.pinned ? "unpin" : "pin"} icon="pin" name=${name} title=${title} steering=${steering} />
    </div>`;
}

function Action({ action, icon, name, title, steering: { doing, run } }) {
  const { t } = useText();
  return html`
    <button type="button" class="button" id="${action === "load" || action === "unload" ? "load" : "pin"}-${name}" data-action=${action} title=${t(`packsHint.${action}`)}
      aria-disabled=${doing ? "true" : undefined} onClick=${() => run(action)}>
      <${Icon} name=${icon} /> ${doing === action ? t(`packsDoing.${action}`) : t(`packs.${action}`)}<span class="visually-hidden"> ${title}</span>
    </button>`;
}

/** What it holds, beside what it said and what was seen when it was loaded; drawn on one scale for all packs. */
function Figures({ of: pack, tint, largest }) {
  const { t } = useText();
  const figures = { bytes: pack.bytes, declared: pack.declared_bytes, measured: pack.measured_bytes };
  return html`
    <dl class="pack-figures">
      ${Object.entries(figures).map(([name, bytes]) => html`
        <div key=${name} data-figure=${name} title=${t(`packsHint.${name}`)}>
          <dt>${t(`packs.${name}`)}</dt>
          <dd class=${bytes === null ? "untold" : ""}>
            ${bytes === null ? t("device.unknown") : formatMemory(bytes)}
            <span class="meter" aria-hidden="true"><span data-tint=${tint} style=${{ width: `${((bytes ?? 0) / largest) * 100}%` }}></span></span>
          </dd>
        </div>`)}
    </dl>`;
}

function Networks({ of: { name, bytes, networks }, tint }) {
  const { t } = useText();
  return html`
    <details class="networks" id="networks-${name}">
      <summary>${t("packs.networks", { n: networks.length })}</summary>
      <ul>${networks.map((network) => html`<${Network} key=${network.role} of=${network} whole=${bytes} tint=${tint} />`)}</ul>
    </details>`;
}

function Network({ of: { role, file, shared, bytes, buffers }, whole, tint }) {
  const { t } = useText();
  return html`
    <li>
      <details class="network-part" data-role=${role}>
        <summary>
          <span class="network-name">${textOr(t, `packRole.${role}`, role)} ${shared && html`<span class="tag" title=${t("packsHint.shared")}>${t("packs.shared")}</span>`}</span>
          <span class="meter" aria-hidden="true"><span data-tint=${tint} style=${{ width: `${(bytes / Math.max(1, whole)) * 100}%` }}></span></span>
          <span class="network-bytes">${formatMemory(bytes)}</span>
        </summary>
        <table class="buffers">
          <caption><code>${file}</code></caption>
          <thead><tr><th scope="col">${t("packs.buffer")}</th><th scope="col">${t("heaps.heap")}</th><th scope="col">${t("packs.size")}</th></tr></thead>
          <tbody>
            ${buffers.map(({ heap, purpose, bytes: size }, index) => html`
              <tr key=${index}><th scope="row">${purposeText(purpose, t)}</th><td><code>${heap}</code></td><td>${formatMemory(size)}</td></tr>`)}
          </tbody>
        </table>
      </details>
    </li>`;
}
