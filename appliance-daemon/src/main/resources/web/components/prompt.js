import { imageFrom } from "../lib/image.js";
import { farFrom } from "../lib/nearness.js";
import { one, suggest } from "../lib/suggestions.js";
import { html, useMemo, useState } from "../ui/html.js";
import { IconButton } from "../ui/icon.js";
import { useServices, useText } from "../ui/services.js";
import { Field, useField } from "./field.js";
import { useStartImage } from "./start-image.js";
import { useForm } from "./use-form.js";

const CJK = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Hangul}/u;

const SUGGESTIONS = 4;

/** What to draw, what to avoid, and words to try. */
export function Prompt() {
  const { t } = useText();
  const { form, values } = useForm();
  const take = useStartImage();
  const foreign = CJK.test(values.prompt);
  const vocabulary = form?.pack.vocabulary;
  const far = useMemo(() => (foreign ? null : farFrom(values.prompt, vocabulary)), [values.prompt, vocabulary, foreign]);
  const hint = foreign ? t("form.englishHint") : far && t("form.farHint", { words: far.unknown.join(", ") });
  const prompt = useField("prompt", { hint: Boolean(hint) });
  const negative = useField("negative_prompt");
  const paste = (event) => {
    const image = imageFrom(event.clipboardData);
    if (!image || form?.image === false) return;
    event.preventDefault();
    take(image);
  };
  return html`
    <${Field} name="prompt" label=${t("form.prompt")} hint=${hint} className="prompt-field">
      <textarea ...${prompt.control} class="growing" rows="3" autofocus spellcheck="true" placeholder=${t("form.promptPlaceholder")}
        value=${values.prompt} onInput=${(event) => prompt.change({ prompt: event.target.value })} onPaste=${paste}></textarea>
    <//>
    <${Suggestions} vocabulary=${vocabulary} meant=${far?.alike ?? []} onChoose=${(text) => prompt.change({ prompt: text })} />
    ${(form?.negative ?? true) && html`
      <${Field} name="negative_prompt" label=${t("form.negative")}>
        <textarea ...${negative.control} class="growing" rows="1" placeholder=${t("form.negativePlaceholder")} value=${values.negative}
          onInput=${(event) => negative.change({ negative: event.target.value })}></textarea>
      <//>`}`;
}

/** What was probably meant first, then anything. */
function Suggestions({ vocabulary, meant, onChoose }) {
  const { t } = useText();
  const [round, setRound] = useState(0);
  const any = useMemo(() => suggest(vocabulary, SUGGESTIONS), [vocabulary, round]);
  const words = [...new Set([...meant.map(one), ...any])].slice(0, SUGGESTIONS);
  const choose = (text) => {
    onChoose(text);
    document.getElementById("field-prompt").focus();
  };
  return html`
    <div class="suggestions" role="group" aria-label=${t("form.suggestions")}>
      ${words.map((text) => html`<button key=${text} type="button" class="chip" lang="en" onClick=${() => choose(text)}>${text}</button>`)}
      ${vocabulary?.subjects?.length > SUGGESTIONS && html`<${IconButton} icon="dice" label=${t("form.otherSuggestions")} onClick=${() => setRound(round + 1)} />`}
    </div>`;
}
