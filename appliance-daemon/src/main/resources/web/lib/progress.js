import { formatDuration } from "./format.js";

/** Where a job is, in words: its place in the queue, or stage, step and time left. */
export function describeProgress(job, t) {
  if (job.status === "queued") {
    const place = job.position > 0 ? t("job.waiting", { n: job.position }) : t("job.next");
    return join(place, heat(job, t), eta(job, "job.doneIn", t));
  }
  if (job.status !== "running") return t(`job.${job.status}`);
  const { stage, step, steps, picture, pictures } = job.progress ?? {};
  return join(
    pictures > 1 && t("job.picture", { n: picture + 1, of: pictures }),
    t(`stage.${stage ?? "loading"}`),
    stage === "denoising" && steps > 0 && t("job.step", { n: step, of: steps }),
    heat(job, t),
    eta(job, "job.left", t),
  );
}

/** Why it waits or goes slowly, besides other jobs. */
const heat = ({ restraint }, t) => restraint && t(`jobHeat.${restraint.kind}`);

function eta({ eta_seconds: seconds }, key, t) {
  return typeof seconds === "number" && seconds > 0.5 && t(key, { time: formatDuration(seconds, t) });
}

const join = (...parts) => parts.filter(Boolean).join(" · ");
