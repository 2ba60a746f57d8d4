/** Milliseconds between two looks; the box reads its own files no more often. */
const PACE = 2000;

/**
 * Looks again and again while somebody sees it: not while another tab of the page is open, and not while the page itself is hidden.
 *
 * @param {object} options
 * @param {Pick<Document, "visibilityState" | "addEventListener" | "removeEventListener">} options.document
 * @param {(counts: () => boolean) => Promise<void>} options.look is told whether it still counts: a later look, or what was
 *   just done, outdates it
 */
export function createFollower({ document, look }) {
  let watched = false;
  let timer = 0;
  /** Which look counts. */
  let latest = 0;

  const isSeen = () => watched && document.visibilityState === "visible";

  function outdate() {
    latest += 1;
    clearTimeout(timer);
    if (isSeen()) timer = setTimeout(lookNow, PACE);
  }

  async function lookNow() {
    latest += 1;
    clearTimeout(timer);
    const mine = latest;
    await look(() => mine === latest);
    if (mine === latest) outdate();
  }

  function follow() {
    if (isSeen()) lookNow();
    else outdate();
  }

  return {
    lookNow,
    /** Looks under way no longer count; the next one comes in its time. */
    outdate,
    /** Begins to look; returns its own undoing. */
    watch() {
      watched = true;
      document.addEventListener("visibilitychange", follow);
      follow();
      return () => {
        watched = false;
        document.removeEventListener("visibilitychange", follow);
        follow();
      };
    },
  };
}
