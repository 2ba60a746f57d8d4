import { formatTime } from "../lib/format.js";
import { atLeast, isSecure, mayMake } from "../state/session.js";
import { html, useEffect, useRef, useState } from "../ui/html.js";
import { Icon } from "../ui/icon.js";
import { useServices, useStore, useText } from "../ui/services.js";

/** Who one is to the box, and the way to be somebody else. */
export function Account() {
  const { actions, gate, session } = useServices();
  const who = useStore(session);
  const { language, t } = useText();
  const [open, setOpen] = useState(false);
  const place = useRef(null);
  const close = () => setOpen(false);

  useEffect(() => {
    if (!open) return undefined;
    const outside = ({ target }) => !place.current.contains(target) && close();
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);

  const onKeyDown = (event) => {
    if (event.key !== "Escape" || !open) return;
    event.stopPropagation();
    close();
    place.current.querySelector("#account").focus();
  };
  const leave = ({ relatedTarget }) => relatedTarget && !place.current.contains(relatedTarget) && close();
  const choose = (run) => () => {
    close();
    run();
  };
  const guest = who.role === "guest";
  const name = who.key?.name ?? t(`role.${who.role}`);
  return html`
    <div ref=${place} class="account" onKeyDown=${onKeyDown} onFocusOut=${leave}>
      <button type="button" id="account" class="account-button ${guest ? "" : "account-known"}" aria-expanded=${open ? "true" : "false"} aria-controls="account-menu"
        aria-label=${t("account.of", { name })} title=${t("account.of", { name })} onClick=${() => setOpen(!open)}>
        <${Icon} name=${guest ? "user" : who.key ? "key" : "shield"} /> <span class="account-name">${name}</span>
      </button>
      <div id="account-menu" class="account-menu" hidden=${!open}>
        <p class="account-title">${name}${who.key && html` <span class="tag">${t(`role.${who.role}`)}</span>`}</p>
        <p class="hint">${t(`roleMay.${mayMake(who) ? who.role : "shut"}`)}</p>
        <ul class="account-facts">
          ${who.expires && html`<li><${Icon} name="clock" /> ${t("account.until", { time: formatTime(who.expires, language) })}</li>`}
          <li><${Icon} name=${isSecure(who) ? "lock" : "warning"} /> ${t(`channel.${who.channel}`)}</li>
        </ul>
        <div class="account-actions">
          ${atLeast(who, "operator") && html`<a class="button" href="#/access" onClick=${close}><${Icon} name="sliders" /> ${t("account.manage")}</a>`}
          ${!who.claimed
            ? html`<button type="button" class="button button-main" onClick=${choose(gate.claim)}><${Icon} name="key" /> ${t("claim.action")}</button>`
            : guest
              ? html`<button type="button" id="sign-in-open" class="button button-main" onClick=${choose(gate.signIn)}><${Icon} name="key" /> ${t("account.signIn")}</button>`
              : html`<button type="button" id="sign-out" class="button" onClick=${choose(actions.signOut)}><${Icon} name="leave" /> ${t("account.signOut")}</button>`}
        </div>
      </div>
    </div>`;
}
