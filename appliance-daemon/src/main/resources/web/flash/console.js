import { readable } from "../lib/flash.js";
import { html, useEffect, useRef } from "../ui/html.js";
import { useText } from "../ui/services.js";

const NEAR = 40;

/** What the other box says, its end in view unless somebody scrolled away from it. */
export function ConsolePanel({ text }) {
  const { t } = useText();
  const box = useRef(null);
  const atEnd = useRef(true);
  useEffect(() => {
    if (atEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [text]);
  const onScroll = ({ target }) => {
    atEnd.current = target.scrollHeight - target.scrollTop - target.clientHeight < NEAR;
  };
  return html`
    <section class="panel" aria-labelledby="flash-console-title">
      <h2 id="flash-console-title">${t("flash.console")}</h2>
      <pre class="flash-console" id="flash-console" ref=${box} tabindex="0" role="region" aria-labelledby="flash-console-title" lang="en" onScroll=${onScroll}>${readable(text)}</pre>
    </section>`;
}
