import { Closed } from "../components/closed.js";
import { Composer } from "../components/composer.js";
import { JobList } from "../components/job-list.js";
import { Recent } from "../components/recent.js";
import { Stage } from "../components/stage.js";
import { mayMake } from "../state/session.js";
import { html } from "../ui/html.js";
import { useServices, useStore, useText } from "../ui/services.js";

/** From words to pictures. */
export function GenerateTab() {
  const who = useStore(useServices().session);
  const { t } = useText();
  if (!mayMake(who)) return html`<${Closed} title=${t("closed.title")} text=${t("closed.guests")} />`;
  return html`
    <div class="generate">
      <${Composer} />
      <div class="result">
        <${Stage} />
        <${JobList} />
        <${Recent} />
      </div>
    </div>`;
}
