import { atLeast } from "../state/session.js";
import { html } from "../ui/html.js";
import { useServices, useStore, useText } from "../ui/services.js";
import { useSubmission } from "../ui/use-submission.js";
import { Refusal } from "../components/form.js";

/** Whether people without a key may make pictures. */
export function GuestsPanel({ onChange }) {
  const { api, gate, session } = useServices();
  const who = useStore(session);
  const { t } = useText();
  const { busy, problem, submit } = useSubmission(async () => {
    await gate.pass(() => api.setGuests(!session.get().guests));
    await session.refresh();
    onChange?.();
  });
  const owner = atLeast(who, "owner");
  return html`
    <section class="panel">
      <h2 id="guests-title">${t("guests.title")}</h2>
      <button type="button" role="switch" id="guests" class="switch" aria-checked=${who.guests ? "true" : "false"} aria-disabled=${owner && !busy ? undefined : "true"}
        aria-describedby="guests-text" onClick=${owner ? submit : undefined}>
        <span>${t("guests.switch")}</span><span class="switch-track" aria-hidden="true"></span>
      </button>
      <p class="hint" id="guests-text">${t(who.guests ? "guests.on" : "guests.off")}</p>
      <${Refusal} problem=${problem} />
    </section>`;
}
