import { resolve, toRequest } from "../state/draft.js";
import { useServices, useStore } from "../ui/services.js";

/** The draft as written (`values`) and with defaults and bounds (`form`, null until packs are known). */
export function useForm() {
  const { catalogue, draft } = useServices();
  const { packs, samplers, spacings } = useStore(catalogue);
  const values = useStore(draft);
  return { values, form: resolve(values, packs), packs, samplers, spacings };
}

export { toRequest as requestOf };
