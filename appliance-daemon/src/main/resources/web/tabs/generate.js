import { Composer } from "../components/composer.js";
import { JobList } from "../components/job-list.js";
import { Recent } from "../components/recent.js";
import { Stage } from "../components/stage.js";
import { html } from "../ui/html.js";

/** From words to pictures. */
export const GenerateTab = () => html`
  <div class="generate">
    <${Composer} />
    <div class="result">
      <${Stage} />
      <${JobList} />
      <${Recent} />
    </div>
  </div>`;
