/**
 * A command that asks for the same in a terminal.
 *
 * @param {string} origin as `location.origin`
 * @param {object} request body of `POST /api/v1/jobs`
 * @param {{key?: boolean}} [options] key: the box wants one; it is taken from the environment
 */
export function asCurl(origin, request, { key = false } = {}) {
  const { preview: _, image, ...kept } = request;
  // a starting picture would be a screenful of base64: its place is shown
  const body = JSON.stringify(image ? { ...kept, image: "BASE64_OF_A_PNG_OR_JPEG" } : kept);
  const credential = key ? ' -H "Authorization: Bearer $AIRBOX_KEY"' : "";
  return `curl -s ${origin}/api/v1/jobs${credential} -H 'Content-Type: application/json' -d ${quoted(body)}`;
}

/** For a POSIX shell. @param {string} text */
export function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
