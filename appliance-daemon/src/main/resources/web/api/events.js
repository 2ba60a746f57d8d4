/**
 * Follows how another box is flashed. The browser reconnects by itself, and is told everything anew then.
 *
 * @param {string} url
 * @param {object} listener
 * @param {(watch: object) => void} listener.onWatch
 * @param {(progress: {progress: object, partitions: object[]}) => void} listener.onProgress
 * @param {(piece: {offset: number, text: string}) => void} listener.onConsole
 * @returns {() => void} stops following
 */
export function followFlash(url, { onWatch, onProgress, onConsole }) {
  const source = new EventSource(url);
  source.addEventListener("watch", ({ data }) => onWatch(JSON.parse(data)));
  source.addEventListener("progress", ({ data }) => onProgress(JSON.parse(data)));
  source.addEventListener("console", ({ data }) => onConsole(JSON.parse(data)));
  return () => source.close();
}

/**
 * Follows a job's server-sent events. The browser reconnects by itself when the line breaks.
 *
 * @param {string} url
 * @param {object} listener
 * @param {(job: object) => void} listener.onJob
 * @param {(preview: {picture: number, step: number, png: string}) => void} listener.onPreview
 * @param {() => void} listener.onClosed the stream is over, or refused for good
 * @returns {() => void} stops following
 */
export function followJob(url, { onJob, onPreview, onClosed }) {
  const source = new EventSource(url);
  source.addEventListener("job", ({ data }) => onJob(JSON.parse(data)));
  source.addEventListener("preview", ({ data }) => onPreview(JSON.parse(data)));
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) onClosed();
  });
  return () => source.close();
}
