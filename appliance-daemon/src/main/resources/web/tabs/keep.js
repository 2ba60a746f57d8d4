import { confirmAt } from "../state/network-confirm.js";
import { html, useEffect, useState } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useStore, useText } from "../ui/services.js";

const PAUSE = 2000;

/**
 * Where the link to a new address leads: having reached the box here is the proof that the new settings work, so it is
 * asked to keep them. Nobody is signed in at a new address; the link's token is enough.
 */
export function KeepTab() {
  const { router } = useServices();
  const { item } = useStore(router);
  const { t } = useText();
  const [state, setState] = useState("early");
  useEffect(() => {
    const [transaction, token] = (item ?? "").split("/");
    // the token is no use to whoever reads the browser's history
    window.history.replaceState(null, "", "#/keep");
    if (!transaction || !token) {
      setState("refused");
      return undefined;
    }
    let timer = 0;
    const attempt = async () => {
      const { outcome } = await confirmAt(window.location.href, { transaction, token });
      setState(outcome);
      if (outcome === "early" || outcome === "silent") timer = setTimeout(attempt, PAUSE);
    };
    attempt();
    return () => clearTimeout(timer);
  }, []);
  return html`
    <div class="access">
      <section class="panel keep" id="keep" data-state=${state}>
        <h1><${Icon} name=${state === "kept" ? "check" : state === "refused" ? "warning" : "clock"} /> ${t(`keep.${state}`)}</h1>
        <p role="status">${t(`keepText.${state}`)}</p>
        <p><a class="button" href="#/network">${t("keep.go")}</a></p>
      </section>
    </div>`;
}
