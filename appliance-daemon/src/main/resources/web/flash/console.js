import { readable } from "../lib/flash.js";
import { html, useEffect, useRef } from "../ui/html.js";
import { useText } from "../ui/services.js";

const NEAR = 40;

/** What the other box says, its end in view unless somebody scrolled away from it. */
export function ConsolePanel({ text }) {
  const { t } = useText();
  const box = useRef(null);
  const atEnd = useRef(true);
  const top = useRef(0);
  useEffect(() => {
    if (atEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [text]);
  const onScroll = ({ target }) => {
    // the end moves away by itself while more comes; only going up is somebody's doing
    if (target.scrollTop < top.current) atEnd.current = false;
    else if (target.scrollHeight - target.scrollTop - target.clientHeight < NEAR) atEnd.current = true;
    top.current = target.scrollTop;
  };
  return html`
    <section class="panel" aria-labelledby="flash-console-title">
      <h2 id="flash-console-title">${t("flash.console")}</h2>
      <pre class="flash-console" id="flash-console" ref=${box} tabindex="0" role="region" aria-labelledby="flash-console-title" lang="en" onScroll=${onScroll}>${readable(text)}</pre>
    </section>`;
}
