import { Loaded } from "../components/loaded.js";
import { DevicePanel } from "../engine/device.js";
import { HeapsPanel } from "../engine/heaps.js";
import { PacksPanel } from "../engine/packs.js";
import { shelf } from "../lib/memory.js";
import { createMemory } from "../state/memory.js";
import { useFollowed } from "../ui/use-followed.js";
import { html } from "../ui/html.js";
import { useServices, useStore, useText } from "../ui/services.js";

/** What makes the pictures, TPU or CPU, and what its memory holds. */
export function EngineTab() {
  const { catalogue } = useServices();
  const { t } = useText();
  const memory = useFollowed(createMemory);
  const { value, problem } = useStore(memory);
  const { packs: installed } = useStore(catalogue);
  const packs = shelf(value?.packs ?? [], installed);
  return html`
    <div class="engine">
      <h1>${t("tab.engine")}</h1>
      <${Loaded} of=${{ value, problem, reload: memory.reload }}>
        ${(tpu) => html`
          <div class="engine-panels">
            <${DevicePanel} tpu=${tpu} />
            <${HeapsPanel} tpu=${tpu} packs=${packs} />
            <${PacksPanel} tpu=${tpu} packs=${packs} memory=${memory} />
          </div>`}
      <//>
    </div>`;
}
