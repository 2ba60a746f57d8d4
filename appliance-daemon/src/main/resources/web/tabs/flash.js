import { Loaded } from "../components/loaded.js";
import { ConsolePanel } from "../flash/console.js";
import { ReportsPanel } from "../flash/reports.js";
import { StartPanel } from "../flash/start.js";
import { WatchPanel } from "../flash/watch.js";
import { createFlash } from "../state/flash.js";
import { isRefusal } from "../state/gate.js";
import { html, useEffect, useMemo } from "../ui/html.js";
import { useServices, useStore, useText } from "../ui/services.js";

/** Another box that is flashed at a serial port of this one. */
export function FlashTab() {
  const { api, connection, session } = useServices();
  const { t } = useText();
  const flash = useMemo(() => createFlash({
    api,
    onProblem(problem) {
      if (problem.status === 0) connection.suspect();
      else if (isRefusal(problem)) session.refresh().catch(connection.suspect);
    },
  }), [api]);
  useEffect(flash.look, [flash]);
  const { value, problem, watch, console } = useStore(flash);
  return html`
    <div class="engine flash">
      <h1>${t("tab.flash")}</h1>
      <${Loaded} of=${{ value, problem, reload: flash.reload }}>
        ${(told) => html`
          <div class="flash-panels">
            ${(!watch || watch.ended) && html`<${StartPanel} told=${told} flash=${flash} />`}
            ${watch && html`<${WatchPanel} watch=${watch} flash=${flash} />`}
            ${console.text && html`<${ConsolePanel} text=${console.text} />`}
            <${ReportsPanel} told=${told} />
          </div>`}
      <//>
    </div>`;
}
