import { confirmAt } from "./network-confirm.js";

self.onmessage = async ({ data: { number, url, confirmation } }) => {
  self.postMessage({ number, answer: await confirmAt(url, confirmation) });
};
