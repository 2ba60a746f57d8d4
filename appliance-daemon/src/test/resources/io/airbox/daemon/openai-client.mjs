// the official client, unmodified but for its base URL
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.argv[2], apiKey: "none" });
const models = await client.models.list();
const images = await client.images.generate({ model: "gpt-image-1", prompt: "a yellow banana", n: 2, size: "auto" });
let refused = null;
try {
  await client.images.generate({ prompt: "a", n: 11 });
} catch (error) {
  refused = { status: error.status, param: error.param, type: error.type, kind: error.constructor.name };
}
console.log(JSON.stringify({ models: models.data.map((model) => model.id), images: images.data.map((image) => image.b64_json), refused }));
