"""Writes the fixtures of this folder with Pillow. See README.md."""
import json

import numpy as np
import PIL
from PIL import Image, PngImagePlugin

rng = np.random.default_rng(5)
# middling levels, so that no filter overshoots what a byte holds
pixels = rng.integers(64, 192, (9, 13, 3), dtype=np.uint8)
source = Image.fromarray(pixels, "RGB")


def picture(image):
    return dict(width=image.width, height=image.height, rgb=image.convert("RGB").tobytes().hex())


cases = [picture(source.resize(size, Image.Resampling.LANCZOS))
         for size in ((13, 9), (26, 18), (5, 4), (7, 20), (1, 1), (40, 3))]
averages = [dict(columns=c, rows=r, rgb=source.resize((c, r), Image.Resampling.BOX).tobytes().hex())
            for c, r in ((13, 3), (1, 1), (13, 1), (1, 9))]  # whole pixels per cell
with open("resampling.json", "w") as out:
    json.dump(dict(pillow=PIL.__version__, source=picture(source), lanczos=cases, box=averages), out, indent=1)
    out.write("\n")

info = PngImagePlugin.PngInfo()
info.add_text("parameters", "a cat\nSteps: 20, Sampler: Euler a, Seed: 1")
info.add_text("Comment", "squeezed " * 40, zip=True)
info.add_itxt("Title", "一只猫 🐱", "zh", "标题")
info.add_itxt("Long", "wörter " * 40, zip=True)
source.save("texts.png", pnginfo=info)
source.convert("L").save("grey.png")
source.convert("P", palette=Image.Palette.ADAPTIVE, colors=16).save("palette.png")
alpha = source.convert("RGBA")
alpha.putalpha(Image.fromarray(np.linspace(0, 255, 13 * 9).astype(np.uint8).reshape(9, 13), "L"))
alpha.save("alpha.png")
Image.fromarray((np.arange(13 * 9, dtype=np.uint16) * 560).reshape(9, 13)).save("grey16.png")
smooth = Image.fromarray(np.tile(np.linspace(0, 255, 32).astype(np.uint8)[None, :, None], (24, 1, 3)), "RGB")
smooth.save("smooth.jpg", quality=95)
smooth.convert("CMYK").save("cmyk.jpg")
smooth.convert("L").save("grey.jpg", quality=95)
