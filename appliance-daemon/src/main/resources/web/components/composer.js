import { modifierName } from "../lib/shortcuts.js";
import { html, useEffect } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { problemText } from "../ui/problem-text.js";
import { useServices, useStore, useText } from "../ui/services.js";
import { Advanced } from "./advanced.js";
import { Choices } from "./choices.js";
import { Field, FieldSet, FormScope, reveal, useField } from "./field.js";
import { Prompt } from "./prompt.js";
import { SeedField } from "./seed-field.js";
import { StartImage } from "./start-image.js";
import { requestOf, useForm } from "./use-form.js";

/** Their problems are in sight already. */
const PROMPT_FIELDS = new Set(["prompt", "negative_prompt"]);
const COUNTS = [1, 2, 4, 8];
/** What the ids of its fields begin with. */
const FORM = "field";

/** The form of a request. */
export function Composer() {
  const { actions } = useServices();
  const { busy, problem } = useStore(actions.form);
  const { packs } = useForm();
  const { t } = useText();
  useEffect(() => reveal(FORM, problem?.field), [problem]);
  const submit = (event) => {
    event.preventDefault();
    actions.make();
  };
  return html`
    <${FormScope} value=${{ form: FORM, problem }}>
      <form class="composer" aria-label=${t("form.title")} onSubmit=${submit} novalidate>
        <section class="panel compose-prompt">
          <${Prompt} />
          <div class="make-row">
            <button type="submit" id="make" class="make" aria-disabled=${busy ? "true" : undefined}>
              <${Icon} name="make" /> ${t("action.make")}
            </button>
            <kbd class="make-key">${t("form.makeKey", { modifier: modifierName() })}</kbd>
          </div>
          <div role="alert">${problem && html`<p class=${PROMPT_FIELDS.has(problem.field) ? "visually-hidden" : "form-problem"}>${problemText(problem, t)}</p>`}</div>
        </section>
        <section class="panel settings" aria-label=${t("form.settings")}>
          ${packs.length > 0 ? html`<${Settings} />` : html`<p class="hint">${t("form.loading")}</p>`}
        </section>
      </form>
    <//>`;
}

function Settings() {
  const { actions, draft } = useServices();
  const { language, t } = useText();
  const { form, packs, values } = useForm();
  const { change: changeSize } = useField("width");
  const { change: changeCount } = useField("count");
  const sizes = form.pack.sizes;
  return html`
    <${PackField} packs=${packs} form=${form} />
    ${form.pack.presets.length > 1 && html`
      <${FieldSet} name="preset" label=${t("form.presetLabel")}>
        <${Choices} name="preset" value=${form.preset.id} onChoose=${draft.choosePreset}
          options=${form.pack.presets.map(({ id, title }) => ({ value: id, label: title?.[language] ?? title?.en ?? id }))} />
      <//>`}
    ${sizes.length > 1 && html`
      <${FieldSet} name="width" label=${t("form.size")}>
        <${Choices} name="width" value=${sizeName(form.size)}
          onChoose=${(name) => changeSize(sizes.find((size) => sizeName(size) === name))}
          options=${sizes.map((size) => ({ value: sizeName(size), label: sizeName(size) }))} />
      <//>`}
    <div class="pair">
      <${FieldSet} name="count" label=${t("form.count")}>
        <${Choices} name="count" value=${String(values.count)} onChoose=${(count) => changeCount({ count: Number(count) })}
          options=${counts(values.count).map((count) => ({ value: String(count), label: count }))} />
      <//>
      <${SeedField} />
    </div>
    <${StartImage} allowed=${form.image} />
    <${Advanced} form=${form} values=${values} />
    <div class="settings-foot">
      <button type="button" class="link-button" onClick=${draft.reset}><${Icon} name="again" /> ${t("form.reset")}</button>
      <button type="button" class="link-button" onClick=${() => actions.copyCurl(requestOf(values, packs))}>
        <${Icon} name="code" /> ${t("action.copyCurl")}
      </button>
    </div>`;
}

/** Which model; a choice only where there is one. */
function PackField({ packs, form }) {
  const { draft } = useServices();
  const { t } = useText();
  const { control } = useField("pack");
  const { pack, size } = form;
  if (packs.length === 1) {
    const sizes = pack.sizes.length === 1 ? ` · ${sizeName(size)}` : "";
    return html`<p class="model"><span>${t("form.pack")}</span> <strong>${pack.title ?? pack.name}</strong>${sizes}</p>`;
  }
  return html`
    <${Field} name="pack" label=${t("form.pack")}>
      <select ...${control} value=${pack.name} onChange=${(event) => draft.choosePack(event.target.value)}>
        ${packs.map(({ name, title }) => html`<option key=${name} value=${name} selected=${name === pack.name}>${title ?? name}</option>`)}
      </select>
    <//>`;
}

const sizeName = ({ width, height }) => `${width} × ${height}`;

/** The usual counts, and the one that a repeated job brought along. */
function counts(current) {
  return [...new Set([...COUNTS, Number(current) || 1])].sort((a, b) => a - b);
}
