import { textOr } from "../i18n/index.js";
import { formatBytes, formatDuration } from "../lib/format.js";
import { atLeast } from "../state/session.js";
import { html } from "../ui/html.js";
import { lazy } from "../ui/lazy.js";
import { useServices, useStore, useText } from "../ui/services.js";

const MachinePanel = lazy(async () => (await import("../access/machine.js")).MachinePanel, { texts: "access", style: "style/access.css" });

/** Who this box is, what it has, how to talk to it. */
export function SystemTab() {
  const { catalogue, connection, session } = useServices();
  const { status } = useStore(connection);
  const { packs, broken } = useStore(catalogue);
  const who = useStore(session);
  const { t } = useText();
  return html`
    <div class="system">
      <h1>${t("tab.system")}</h1>
      <div class="cards">
        <section class="panel">
          <h2>${t("system.box")}</h2>
          ${status ? html`<${Facts} facts=${statusFacts(status, t)} />` : html`<p class="hint">${t("form.loading")}</p>`}
        </section>
        ${atLeast(who, "operator") && html`<${MachinePanel} />`}
        ${packs.map((pack) => html`<${Pack} key=${pack.name} pack=${pack} />`)}
        ${broken.map((pack) => html`<${BrokenPack} key=${pack.folder} pack=${pack} />`)}
        <section class="panel">
          <h2>${t("system.api")}</h2>
          <p>${t("system.apiText")}</p>
          <ul class="links">
            <li><code>POST /api/v1/jobs</code></li>
            <li><code>POST /v1/images/generations</code></li>
            <li><a href="/openapi.json">${t("system.openapi")}</a></li>
            ${atLeast(who, "user") && html`<li><a href="/metrics">${t("system.metrics")}</a></li>`}
          </ul>
        </section>
        <section class="panel">
          <h2>${t("system.about")}</h2>
          <p>${t("system.aboutText")}</p>
          <p class="hint">${t("system.libraries")}</p>
        </section>
      </div>
    </div>`;
}

function Pack({ pack }) {
  const { language, t } = useText();
  const facts = {
    model: `${pack.name} ${pack.version}`,
    licence: [pack.licence.spdx, !pack.licence.commercial && t("system.nonCommercial")].filter(Boolean).join(" · "),
    sizes: pack.sizes.map(({ width, height }) => `${width} × ${height}`).join(", "),
    presets: pack.presets.map(({ id, title }) => title?.[language] ?? id).join(", "),
    features: t(pack.img2img ? "system.img2img" : "system.txt2img"),
  };
  return html`
    <section class="panel">
      <h2>${pack.title ?? pack.name}</h2>
      ${pack.description && html`<p lang="en">${pack.description}</p>`}
      <${Facts} facts=${facts} />
    </section>`;
}

function BrokenPack({ pack }) {
  const { t } = useText();
  return html`
    <section class="panel">
      <h2>${t("system.broken")}: ${pack.folder}</h2>
      <ul lang="en">${pack.problems.map((problem) => html`<li key=${problem} class="field-problem">${problem}</li>`)}</ul>
    </section>`;
}

function statusFacts({ name, version, uptime_seconds: uptime, engine, queue, pictures }, t) {
  return {
    name,
    version,
    uptime: formatDuration(uptime, t),
    engine: engine && [engine.kind, textOr(t, `engine.${engine.state}`, engine.state)].filter(Boolean).join(" · "),
    engineText: engine?.reason ?? engine?.description,
    restarts: engine?.restarts,
    queue: queue && t("system.queueText", queue),
    pictures: pictures && t("system.picturesText", { n: pictures.count, size: formatBytes(pictures.bytes) }),
  };
}

function Facts({ facts }) {
  const { t } = useText();
  return html`
    <dl class="fact-list">
      ${Object.entries(facts).filter(([, value]) => value).map(([key, value]) => html`
        <div key=${key}><dt>${t(`system.${key}`)}</dt><dd>${value}</dd></div>`)}
    </dl>`;
}
