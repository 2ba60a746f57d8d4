import { asCurl } from "./api/curl.js";
import { Problem } from "./api/problem.js";
import { loadTexts } from "./i18n/index.js";
import { copyText } from "./lib/clipboard.js";
import { fileName } from "./lib/format.js";
import { fromSettings, requestFor, toRequest } from "./state/draft.js";
import { createStore } from "./state/store.js";
import { problemText } from "./ui/problem-text.js";

/**
 * What a person can do with the form and with pictures, whichever button or key it came from.
 *
 * @param {object} services the stores, see main.js
 * @param {() => (key: string, values?: object) => string} services.text the translator of the moment
 */
export function createActions({ catalogue, connection, draft, gallery, gate, jobs, preferences, router, session, stage, text, toasts }) {
  const form = createStore({ busy: false, problem: /** @type {import("./api/problem.js").Problem | null} */ (null) });
  /** Starting pictures by job id: the box does not keep them. @type {Map<string, object>} */
  const startImages = new Map();

  function complain(problem) {
    if (problem.status === 0) connection.suspect();
    toasts.show(problemText(problem, text()), { kind: "error", milliseconds: 8000 });
  }

  async function submit(request, image) {
    const job = await gate.pass(() => jobs.submit(request));
    if (image) startImages.set(job.id, image);
    stage.follow();
    router.go("generate");
    return job;
  }

  async function repeat(picture, seed) {
    const { settings } = picture;
    const image = startImages.get(picture.job) ?? null;
    if (settings.strength !== null && settings.strength !== undefined && !image) {
      draft.set({ ...fromSettings(settings), seed: seed ?? null, image: null });
      router.go("generate");
      toasts.show(text()("toast.startImageGone"), { milliseconds: 9000 });
      return;
    }
    try {
      await submit(requestFor(settings, { seed, image: image?.base64 ?? null }), image);
    } catch (problem) {
      complain(problem);
    }
  }

  return {
    form,

    /** Asks for what the form says. */
    async make() {
      if (form.get().busy) return;
      if (!draft.get().prompt.trim()) {
        form.set({ problem: { code: "PROMPT_MISSING", field: "prompt", status: 400, message: "" } });
        return;
      }
      form.set({ busy: true, problem: null });
      try {
        await submit(toRequest(draft.get(), catalogue.get().packs), draft.get().image);
      } catch (problem) {
        form.set({ problem });
        if (problem.status === 0) connection.suspect();
      } finally {
        form.set({ busy: false });
      }
    },

    /** A field was changed: what was wrong with it may be right now. */
    touched(field) {
      const { problem } = form.get();
      if (problem && (!problem.field || problem.field === field)) form.set({ problem: null });
    },

    async cancel(id) {
      try {
        await gate.pass(() => jobs.cancel(id));
      } catch (problem) {
        complain(problem);
      }
    },

    /** The same pixels once more. */
    again: (picture) => repeat(picture, picture.settings.seed),

    /** The same words with another seed. */
    variation: (picture) => repeat(picture, null),

    /** A job that failed or was cancelled, once more. */
    async retry({ id, settings }) {
      const image = startImages.get(id) ?? null;
      try {
        const request = requestFor(settings, { image: image?.base64 ?? null });
        await submit({ ...request, count: settings.count }, image);
      } catch (problem) {
        complain(problem);
      }
    },

    /** Puts a picture's settings into the form. */
    edit(picture) {
      draft.set({ ...fromSettings(picture.settings), image: startImages.get(picture.job) ?? null });
      router.go("generate");
      toasts.show(text()("toast.settingsLoaded"));
    },

    download(picture) {
      const link = document.createElement("a");
      link.href = picture.url;
      link.download = fileName(picture);
      link.click();
    },

    async copyPrompt(picture) {
      const copied = await copyText(picture.settings.prompt);
      toasts.show(text()(copied ? "toast.promptCopied" : "toast.copyFailed"));
    },

    async copyCurl(request) {
      const copied = await copyText(asCurl(window.location.origin, request, { key: !session.get().guests }));
      toasts.show(text()(copied ? "toast.curlCopied" : "toast.copyFailed"));
    },

    /** Deletes with a while to undo. */
    remove(picture) {
      gallery.remove(picture.id, complain);
      const toast = toasts.show(text()("toast.deleted"), {
        milliseconds: 6000,
        action: {
          label: text()("toast.undo"),
          run() {
            gallery.undo(picture.id);
            toasts.dismiss(toast);
          },
        },
      });
    },

    /** @param {string} language */
    async speak(language) {
      try {
        await loadTexts({ language });
        preferences.setLanguage(language);
      } catch (cause) {
        complain(new Problem({ code: "NO_ANSWER", detail: cause.message }));
      }
    },

    async signOut() {
      try {
        gallery.flush(); // what was deleted a moment ago can be deleted by its owner only
        await session.signOut();
        toasts.show(text()("toast.signedOut"));
      } catch (problem) {
        complain(problem);
      }
    },

    complain,
  };
}
