"""What OpenAI's own client gets: python openai_pictures.py ADDRESS KEY; tells it as JSON."""

import base64
import io
import json
import sys
import threading
import urllib.request

import openai
from PIL import Image

client = openai.OpenAI(base_url=sys.argv[1] + "v1", api_key=sys.argv[2], max_retries=0)
told = {}


def opened(data):
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return [picture.format, picture.width, picture.height]


model = client.models.list().data[0].id
told["model"] = client.models.retrieve(model).id

reply = client.images.generate(
    model=model, prompt="a red apple", n=2, size="96x96", extra_body={"seed": 7, "steps": 8}
)
told["pictures"] = [opened(base64.b64decode(each.b64_json)) for each in reply.data]
told["seeds"] = [each.seed for each in reply.data]

reply = client.images.generate(
    model="dall-e-3",
    prompt="a red apple",
    response_format="url",
    output_format="jpeg",
    output_compression=80,
    extra_body={"steps": 8},
)
with urllib.request.urlopen(reply.data[0].url) as file:  # as a program without a key does
    told["fetched"] = opened(file.read())
told["warnings"] = reply.airbox["warnings"]

events = []
for event in client.images.generate(
    model=model, prompt="a blue car", stream=True, partial_images=2, extra_body={"steps": 20}
):
    events.append([event.type, opened(base64.b64decode(event.b64_json))])
told["events"] = events

try:
    client.images.generate(model=model, prompt="a", n=11)
except openai.BadRequestError as error:
    told["refused"] = [error.status_code, error.param, error.type]

try:
    client.images.edit(model=model, image=("a.png", io.BytesIO(b"no")), prompt="a hat")
except openai.BadRequestError as error:
    told["edit"] = [error.status_code, error.param]

left = client.images.generate(
    model=model, prompt="a blue car", n=10, stream=True, partial_images=3, extra_body={"steps": 50}
)
next(iter(left))
left.close()
told["left"] = True


def one(seed):
    client.images.generate(model=model, prompt="a yellow banana", extra_body={"seed": seed, "steps": 50})


crowd = [threading.Thread(target=one, args=(seed,)) for seed in range(4)]
for thread in crowd:
    thread.start()
for thread in crowd:
    thread.join()
print(json.dumps(told))
