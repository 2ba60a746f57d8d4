import { Form, SelectField, Submit, TextField } from "../components/form.js";
import { html, useState } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useText } from "../ui/services.js";
import { useSubmission } from "../ui/use-submission.js";

const OTHER = "";

/** Which port, which package, until when. */
export function StartPanel({ told, flash }) {
  const { gate } = useServices();
  const { t } = useText();
  const { ports, traps, packages } = told;
  const [chosen, choose] = useState((ports.find(({ likely }) => likely) ?? ports[0])?.path ?? OTHER);
  const [path, setPath] = useState("");
  const [name, setName] = useState(packages[0] ?? "");
  const [until, setUntil] = useState("booted");
  const submission = useSubmission(() => gate.pass(() => flash.start({
    port: chosen === OTHER ? path.trim() : chosen, until, ...(name && { package: name }),
  })));
  const labelled = ({ path: value, description, likely }) => ({ value, label: [value, description, likely && t("flash.likely")].filter(Boolean).join(" · ") });
  const foot = html`<${Submit} submission=${submission} icon="eye">${t("flash.start")}<//>`;
  return html`
    <section class="panel" aria-labelledby="flash-start-title">
      <h2 id="flash-start-title">${t("flash.startTitle")}</h2>
      <p class="hint">${t("flash.how")}</p>
      ${told.ports_unusable && html`<p class="notice notice-bad"><${Icon} name="warning" /> <span lang="en">${told.ports_unusable}</span></p>`}
      ${traps.map((trap) => html`
        <div key=${trap.kind} class="notice"><${Icon} name="warning" /> <span lang="en">${trap.cause} <span class="notice-detail">${trap.cure}</span></span></div>`)}
      <${Form} name="flash-start" fields=${["port", "package", "until"]} submission=${submission} foot=${foot}>
        <${SelectField} name="choice" label=${t("flash.port")} hint=${ports.length === 0 ? t("flash.noPort") : ""} value=${chosen} onChange=${choose}
          options=${[...ports.map(labelled), { value: OTHER, label: t("flash.otherPort") }]} />
        ${chosen === OTHER && html`<${TextField} name="port" label=${t("flash.path")} hint=${t("flash.pathHint")} value=${path} onChange=${setPath} />`}
        <${SelectField} name="package" label=${t("flash.package")} hint=${t("flash.packageHint", { folder: told.packages_folder })} value=${name} onChange=${setName}
          options=${[...packages.map((each) => ({ value: each, label: each })), { value: "", label: t("flash.noPackage") }]} />
        <${SelectField} name="until" label=${t("flash.until")} value=${until} onChange=${setUntil}
          options=${["booted", "flashed"].map((each) => ({ value: each, label: t(`flash.${each}`) }))} />
      <//>
    </section>`;
}
