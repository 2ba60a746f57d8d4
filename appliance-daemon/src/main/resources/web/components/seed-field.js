import { html } from "../ui/html.js";
import { IconButton } from "../ui/icon.js";
import { useServices, useStore, useText } from "../ui/services.js";
import { Field, useField } from "./field.js";

/** Empty draws a new seed for each job; a number is kept. The lock keeps the one that was used last. */
export function SeedField() {
  const { draft, jobs } = useServices();
  const { seed } = useStore(draft);
  const { jobs: known } = useStore(jobs);
  const { t } = useText();
  const { control, change } = useField("seed");
  const last = known.find(({ settings }) => settings?.seed !== undefined)?.settings.seed;
  return html`
    <${Field} name="seed" label=${t("form.seed")}>
      <div class="seed">
        <input type="text" inputmode="numeric" autocomplete="off" ...${control} placeholder=${t("form.seedRandom")} value=${seed ?? ""}
          onInput=${(event) => change({ seed: event.target.value.trim() || null })} />
        ${seed === null
          ? html`<${IconButton} id="seed-lock" icon="lock" label=${t("form.seedLock")} disabled=${last === undefined} onClick=${() => change({ seed: last })} />`
          : html`<${IconButton} id="seed-random" icon="dice" label=${t("form.seedRelease")} onClick=${() => change({ seed: null })} />`}
      </div>
    <//>`;
}
