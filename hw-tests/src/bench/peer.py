"""The peer of `airbox bench generation`: the same graphs, run from Python with ONNX Runtime and numpy.

Written the way a good Python program would: sessions are kept, the unconditional states are cached, both halves of the
guidance go through the UNet in one batch. Noise comes from numpy, so pictures differ from ours for the same seed;
the work does not.

    peer.py PACK --threads N --once OUT.png          one picture, then exit (cold start)
    peer.py PACK --threads N                         for each line "SEED<tab>PROMPT" on stdin: a picture; prints nanoseconds
"""

import argparse
import json
import os
import sys
import time

import numpy as np
import onnxruntime as ort
from PIL import Image
from tokenizers import Tokenizer


class Pipeline:
    def __init__(self, folder: str, threads: int, spinning: bool) -> None:
        with open(os.path.join(folder, "pack.json"), encoding="utf-8") as file:
            pack = json.load(file)
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        if not spinning:
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        roles = pack["engines"]["onnx"]["roles"]
        self.text, self.unet, self.decoder = (
            ort.InferenceSession(os.path.join(folder, roles[role]["file"]), options, providers=["CPUExecutionProvider"])
            for role in ("text_encoder", "unet", "vae_decoder")
        )
        text = pack["text"]
        self.tokenizer = Tokenizer.from_file(os.path.join(folder, text["tokenizer"]["file"]))
        self.tokenizer.enable_truncation(text["length"])
        self.tokenizer.enable_padding(length=text["length"], pad_id=text["pad"])
        schedule = pack["schedule"]
        betas = np.linspace(schedule["beta_start"] ** 0.5, schedule["beta_end"] ** 0.5, schedule["train_steps"]) ** 2
        self.alpha_bar = np.cumprod(1 - betas)
        self.latent = pack["latent"]
        self.size = pack["sizes"][0]
        self.unconditional = self.encode("")

    def encode(self, prompt: str) -> np.ndarray:
        ids = np.array([self.tokenizer.encode(prompt).ids], np.int64)
        return self.text.run(None, {self.text.get_inputs()[0].name: ids})[0]

    def picture(self, prompt: str, seed: int, steps: int, cfg: float) -> np.ndarray:
        """DDIM with leading spacing: [H, W, 3] bytes."""
        cell = self.latent["downscale"]
        shape = (1, self.latent["channels"], self.size["height"] // cell, self.size["width"] // cell)
        states = np.concatenate([self.unconditional, self.encode(prompt)])
        x = np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)
        names = [i.name for i in self.unet.get_inputs()]
        stride = 1000 // steps
        for t in ((np.arange(steps) * stride)[::-1] + 1).tolist():
            sample = np.concatenate([x, x])
            prediction = self.unet.run(None, dict(zip(names, (sample, np.array([t, t], np.int64), states))))[0]
            epsilon = prediction[:1] + np.float32(cfg) * (prediction[1:] - prediction[:1])
            now = self.alpha_bar[t]
            then = self.alpha_bar[t - stride] if t >= stride else self.alpha_bar[0]
            guess = (x - np.float32((1 - now) ** 0.5) * epsilon) / np.float32(now**0.5)
            x = np.float32(then**0.5) * guess + np.float32((1 - then) ** 0.5) * epsilon
        x = x / np.float32(self.latent["scale"])
        rgb = self.decoder.run(None, {self.decoder.get_inputs()[0].name: x})[0][0]
        return ((rgb.clip(-1, 1) + 1) * 127.5).round().astype(np.uint8).transpose(1, 2, 0)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("pack")
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--steps", type=int, default=20)
    arguments.add_argument("--cfg", type=float, default=3.0)
    arguments.add_argument("--no-spinning", action="store_true", help="threads sleep while they wait for work")
    arguments.add_argument("--once", metavar="OUT.png")
    options = arguments.parse_args()
    pipeline = Pipeline(options.pack, options.threads, not options.no_spinning)
    if options.once:
        Image.fromarray(pipeline.picture("a red apple", 7, options.steps, options.cfg)).save(options.once)
        return
    print("ready", flush=True)
    for line in sys.stdin:
        seed, prompt = line.rstrip("\n").split("\t")
        start = time.perf_counter_ns()
        pipeline.picture(prompt, int(seed), options.steps, options.cfg)
        print(time.perf_counter_ns() - start, flush=True)


if __name__ == "__main__":
    main()
