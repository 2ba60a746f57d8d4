import { isRefusal } from "../state/gate.js";
import { useEffect, useMemo } from "./html.js";
import { useServices } from "./services.js";

/**
 * Something of the box that a tab follows as long as it is open; trouble with the box goes to the page's head.
 *
 * @template T
 * @param {(options: {api: object, document: Document, onProblem: (problem: object) => void}) => T & {watch: () => () => void}} create
 */
export function useFollowed(create) {
  const { api, connection, session } = useServices();
  const followed = useMemo(() => create({
    api,
    document,
    onProblem(problem) {
      if (problem.status === 0) connection.suspect();
      else if (isRefusal(problem)) session.refresh().catch(connection.suspect);
    },
  }), [api]);
  useEffect(followed.watch, [followed]);
  return followed;
}
