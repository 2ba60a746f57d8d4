// What OpenAI's own client gets: node openai_pictures.js ADDRESS KEY; tells it as JSON.
import OpenAI from "openai";

const [address, apiKey] = process.argv.slice(2);
const client = new OpenAI({ baseURL: address + "v1", apiKey, maxRetries: 0 });
const told = {};

const kind = (base64) => Buffer.from(base64, "base64").subarray(1, 4).toString("latin1");

const model = (await client.models.list()).data[0].id;
told.model = model;

const reply = await client.images.generate({ model, prompt: "a green frog", n: 2, seed: 3, steps: 8 });
told.pictures = reply.data.map((each) => kind(each.b64_json));

const events = [];
const stream = await client.images.generate({ model, prompt: "a green frog", stream: true, partial_images: 1, steps: 20 });
for await (const event of stream) events.push([event.type, kind(event.b64_json)]);
told.events = events;

try {
  await client.images.generate({ model, prompt: "a", size: "big" });
} catch (error) {
  told.refused = [error instanceof OpenAI.BadRequestError, error.param];
}

const leaving = new AbortController();
const left = client.images.generate({ model, prompt: "a green frog", n: 10, steps: 50 }, { signal: leaving.signal });
setTimeout(() => leaving.abort(), 300);
told.left = await left.then(() => "it was made", (error) => error instanceof OpenAI.APIUserAbortError);

await Promise.all([0, 1, 2, 3].map((seed) => client.images.generate({ model, prompt: "a green leaf", seed, steps: 50 })));
console.log(JSON.stringify(told));
