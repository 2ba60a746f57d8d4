import { Loaded } from "../components/loaded.js";
import { AuthoritiesPanel } from "../models/authorities.js";
import { HistoryPanel } from "../models/history.js";
import { InstallPanel } from "../models/install.js";
import { PacksPanel } from "../models/packs.js";
import { createModels } from "../state/models.js";
import { atLeast } from "../state/session.js";
import { html, useEffect } from "../ui/html.js";
import { useServices, useStore, useText } from "../ui/services.js";
import { useFollowed } from "../ui/use-followed.js";

/** What can be drawn with, where it came from, and the way to something newer. */
export function ModelsTab() {
  const { catalogue, connection, session } = useServices();
  const { t } = useText();
  const models = useFollowed(createModels);
  const { value, problem } = useStore(models);
  const { packs: usable } = useStore(catalogue);
  const latest = value?.history[0]?.number;
  useEffect(() => {
    if (latest !== undefined) catalogue.refresh().catch(connection.suspect);
  }, [latest]);
  const steers = atLeast(useStore(session), "owner");
  return html`
    <div class="engine models">
      <h1>${t("tab.models")}</h1>
      <${Loaded} of=${{ value, problem, reload: models.reload }}>
        ${(told) => html`
          <div class="models-columns">
            <div class="models-column">
              <${InstallPanel} told=${told} models=${models} steers=${steers} />
              <${AuthoritiesPanel} authorities=${told.authorities} />
            </div>
            <div class="models-column">
              <${PacksPanel} told=${told} usable=${usable} models=${models} steers=${steers} />
              <${HistoryPanel} history=${told.history} />
            </div>
          </div>`}
      <//>
    </div>`;
}
