import { createStore } from "./store.js";

/**
 * What can be asked for: packs with their presets, samplers and spacings.
 *
 * @param {{packs: () => Promise<{packs: object[], broken: object[]}>, samplers: () => Promise<{samplers: object[], spacings: object[]}>}} api
 */
export function createCatalogue(api) {
  const store = createStore({ packs: [], broken: [], samplers: [], spacings: [] });
  return {
    ...store,
    async refresh() {
      const [{ packs, broken }, { samplers, spacings }] = await Promise.all([api.packs(), api.samplers()]);
      store.set({ packs, broken: broken ?? [], samplers, spacings });
    },
  };
}
