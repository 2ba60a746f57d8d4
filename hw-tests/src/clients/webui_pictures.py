"""What a client of the web UI gets: python webui_pictures.py HOST PORT KEY; tells it as JSON."""

import json
import sys
import threading
import time

import webuiapi

host, port, key = sys.argv[1], int(sys.argv[2]), sys.argv[3]


def client():
    return webuiapi.WebUIApi(host=host, port=port, username="anybody", password=key, steps=8)


api = client()
told = {}


def seen(picture):
    picture.load()
    return [picture.format, picture.width, picture.height]


told["models"] = api.util_get_model_names()
told["samplers"] = api.util_get_sampler_names()
told["schedulers"] = api.util_get_scheduler_names()
told["memory"] = api.get_memory()["ram"]["total"] > 0
for none in (api.get_loras, api.get_sd_vae, api.get_hypernetworks, api.get_prompt_styles,
             api.get_face_restorers, api.get_realesrgan_models, api.get_latent_upscale_modes):
    assert none() == [], none
assert api.get_upscalers()[0]["name"] == "None"
api.refresh_checkpoints()
api.util_set_model(told["models"][0], find_closest=False)
told["current"] = api.util_get_current_model()

made = api.txt2img(
    prompt="a red apple",
    negative_prompt="blue",
    seed=7,
    cfg_scale=3,
    batch_size=2,
    sampler_name="Euler a",
    scheduler="karras",
    override_settings={"sd_model_checkpoint": told["models"][0]},
)
told["pictures"] = [seen(each) for each in made.images]
told["seeds"] = made.info["all_seeds"]
told["sampler"] = made.info["sampler_name"]
read = api.png_info(made.image)
told["read"] = [read.parameters["Seed"], read.parameters["Prompt"]]

replies = []
thread = threading.Thread(
    target=lambda: replies.append(
        client().txt2img(prompt="a blue car", steps=50, n_iter=2, batch_size=5)
    )
)
thread.start()
progress = {}
while not progress.get("current_image"):
    progress = api.get_progress()
    time.sleep(0.02)
told["progress"] = [
    0 < progress["progress"] < 1,
    progress["state"]["sampling_steps"],
    progress["state"]["job_count"] > 0,
]
told["preview"] = seen(webuiapi.webuiapi.Image.open(
    webuiapi.webuiapi.io.BytesIO(webuiapi.webuiapi.base64.b64decode(progress["current_image"]))
))
api.interrupt()
thread.join()
told["interrupted"] = 1 <= len(replies[0].images) <= 10
api.util_wait_for_ready(check_interval=0.1)

try:
    api.txt2img(prompt="a", sampler_name="Nobody")
except RuntimeError as error:
    told["refused"] = error.args[0]

crowd = [
    threading.Thread(target=lambda: client().txt2img(prompt="an orange", steps=50))
    for _ in range(4)
]
for thread in crowd:
    thread.start()
for thread in crowd:
    thread.join()
print(json.dumps(told))
