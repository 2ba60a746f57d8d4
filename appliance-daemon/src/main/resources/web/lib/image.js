const LONGEST_SIDE = 1024;
const TYPES = ["image/png", "image/jpeg", "image/webp"];

/**
 * Reads a picture to start from: a PNG or JPEG of modest size as it is, anything else redrawn as PNG.
 *
 * @param {Blob & {name?: string}} file
 * @returns {Promise<import("../state/draft.js").StartImage>} rejects when the browser cannot read it
 */
export async function readStartImage(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const fits = scale === 1 && TYPES.slice(0, 2).includes(file.type);
  const url = await dataUrl(fits ? file : await redraw(bitmap, scale));
  bitmap.close();
  return { base64: url.slice(url.indexOf(",") + 1), url, name: file.name ?? "" };
}

/** The first picture among dropped or pasted things. @param {DataTransfer | null} transfer */
export function imageFrom(transfer) {
  return [...(transfer?.files ?? [])].find(({ type }) => type.startsWith("image/")) ?? null;
}

export const ACCEPTED = TYPES.join(",");

function redraw(bitmap, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function dataUrl(blob) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(blob);
  });
}
