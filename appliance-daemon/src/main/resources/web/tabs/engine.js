import { Loaded } from "../components/loaded.js";
import { DevicePanel } from "../engine/device.js";
import { HeapsPanel } from "../engine/heaps.js";
import { PacksPanel } from "../engine/packs.js";
import { shelf } from "../lib/memory.js";
import { isRefusal } from "../state/gate.js";
import { createMemory } from "../state/memory.js";
import { html, useEffect, useMemo } from "../ui/html.js";
import { useServices, useStore, useText } from "../ui/services.js";

/** What makes the pictures, TPU or CPU, and what its memory holds. */
export function EngineTab() {
  const { api, catalogue, connection, session } = useServices();
  const { t } = useText();
  const memory = useMemo(() => createMemory({
    api,
    document,
    onProblem(problem) {
      if (problem.status === 0) connection.suspect();
      else if (isRefusal(problem)) session.refresh().catch(connection.suspect);
    },
  }), [api]);
  useEffect(memory.watch, [memory]);
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
