import { formatBytes, formatDuration, formatTime } from "../lib/format.js";
import { html } from "../ui/html.js";
import { useServices, useStore, useText } from "../ui/services.js";

/** A picture in one line. */
export function describePicture({ settings, seconds }, t) {
  return [
    `${settings.width} × ${settings.height}`,
    t("picture.seed", { seed: settings.seed }),
    t("picture.steps", { n: settings.steps }),
    Number.isFinite(seconds) && formatDuration(seconds, t),
  ].filter(Boolean).join(" · ");
}

/** Everything that is known about a picture. */
export function PictureFacts({ picture }) {
  const { packs, samplers, spacings } = useStore(useServices().catalogue);
  const { language, t } = useText();
  const { settings } = picture;
  const pack = packs.find(({ name }) => name === settings.pack);
  const preset = pack?.presets.find(({ id }) => id === settings.preset);
  const label = (list, id) => list.find((entry) => entry.id === id)?.label ?? id;
  const rows = {
    model: [pack?.title ?? settings.pack, settings.pack_version].filter(Boolean).join(" "),
    preset: preset?.title?.[language] ?? settings.preset,
    negative: settings.negative_prompt,
    size: `${settings.width} × ${settings.height}`,
    seed: settings.seed,
    steps: settings.steps,
    cfg: settings.cfg,
    sampler: label(samplers, settings.sampler),
    spacing: label(spacings, settings.spacing),
    noise: settings.noise,
    strength: settings.strength,
    engine: picture.engine,
    time: Number.isFinite(picture.seconds) ? formatDuration(picture.seconds, t) : null,
    energy: picture.energy && `${picture.energy.joules.toFixed(1)} J · ${picture.energy.watts.toFixed(1)} W`,
    created: picture.created && formatTime(picture.created, language),
    file: Number.isFinite(picture.bytes) ? formatBytes(picture.bytes) : null,
  };
  return html`
    <dl class="fact-list">
      ${Object.entries(rows).filter(([, value]) => value !== null && value !== undefined && value !== "").map(([key, value]) => html`
        <div key=${key}><dt>${t(`fact.${key}`)}</dt><dd>${value}</dd></div>`)}
    </dl>`;
}
