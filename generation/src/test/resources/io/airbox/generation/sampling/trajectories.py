"""Writes trajectories.json: what diffusers and k-diffusion make of a fake network. See README.md."""
import json
import sys
import types

import numpy as np
import torch
import diffusers
from diffusers import (DDIMScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler,
                       LCMScheduler)

# k-diffusion's samplers without its training dependencies
sys.modules.setdefault("torchdiffeq", types.SimpleNamespace(odeint=None))
brownian = types.ModuleType("torchsde")
brownian.BrownianTree = object
sys.modules.setdefault("torchsde", brownian)
package = types.ModuleType("kd")
package.__path__ = [sys.argv[1]]  # the k_diffusion folder
sys.modules["kd"] = package
utils = types.ModuleType("kd.utils")
utils.append_dims = lambda x, n: x[(...,) + (None,) * (n - x.ndim)]
sys.modules["kd.utils"] = utils
import kd.sampling as kd  # noqa: E402

torch.set_grad_enabled(False)
SHAPE = (1, 4, 8, 8)
SD = dict(num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
cases = []


def network(x, t):
    return 0.3 * x + 0.2 * (float(t) / 1000) - 0.1


def head(x):
    return [float(v) for v in x.double().flatten()[:16]]


def add(source, sampler, spacing, prediction, steps, seed, strength, timesteps, trajectory):
    cases.append(dict(source=source, sampler=sampler, spacing=spacing, prediction=prediction, steps=steps,
                      seed=seed, strength=strength, timesteps=[int(t) for t in timesteps],
                      trajectory=trajectory))


def image():
    return torch.linspace(-1, 1, 256).reshape(SHAPE)


def diffusers_case(cls, sampler, spacing, steps, seed, prediction="epsilon", strength=None, **config):
    scheduler = cls(**SD, prediction_type=prediction, **config)
    generator = torch.Generator().manual_seed(seed)
    if cls is LCMScheduler:
        scheduler.set_timesteps(steps, original_inference_steps=50, strength=strength or 1.0)
    else:
        scheduler.set_timesteps(steps)
    timesteps = scheduler.timesteps
    z = torch.randn(SHAPE, generator=generator)
    if strength is None:
        x = z * scheduler.init_noise_sigma
    else:
        if cls is not LCMScheduler:
            timesteps = timesteps[steps - int(steps * strength):]
        x = scheduler.add_noise(image(), z, timesteps[:1])
    trajectory = [head(x)]
    for t in timesteps:
        out = network(scheduler.scale_model_input(x, t), t)
        extra = {} if cls is EulerDiscreteScheduler else {"generator": generator}
        x = scheduler.step(out, t, x, **extra).prev_sample
        trajectory.append(head(x))
    add("diffusers " + cls.__name__, sampler, spacing, prediction, steps, seed, strength, timesteps, trajectory)


for n in (1, 3, 4, 8):
    diffusers_case(LCMScheduler, "lcm", "lcm", n, 7)
diffusers_case(LCMScheduler, "lcm", "lcm", 4, 8, prediction="v_prediction")
diffusers_case(LCMScheduler, "lcm", "lcm", 4, 9, strength=0.5)
diffusers_case(LCMScheduler, "lcm", "lcm", 4, 9, strength=0.75)
DDIM = dict(clip_sample=False, set_alpha_to_one=False, steps_offset=1)
for n in (4, 20):
    diffusers_case(DDIMScheduler, "ddim", "leading", n, 7, **DDIM)
diffusers_case(DDIMScheduler, "ddim", "leading", 7, 8, prediction="v_prediction", **DDIM)
diffusers_case(DDIMScheduler, "ddim", "leading", 10, 9, strength=0.6, **DDIM)
for n in (4, 8):
    diffusers_case(DDIMScheduler, "ddim", "trailing", n, 7, timestep_spacing="trailing", **DDIM)
for n in (1, 4, 7):
    diffusers_case(EulerDiscreteScheduler, "euler", "trailing", n, 7, timestep_spacing="trailing")
diffusers_case(EulerDiscreteScheduler, "euler", "leading", 10, 7, timestep_spacing="leading", steps_offset=1)
diffusers_case(EulerDiscreteScheduler, "euler", "trailing", 5, 8, prediction="v_prediction",
               timestep_spacing="trailing")
diffusers_case(EulerAncestralDiscreteScheduler, "euler_a", "trailing", 6, 7, timestep_spacing="trailing")
diffusers_case(EulerAncestralDiscreteScheduler, "euler_a", "leading", 6, 7, timestep_spacing="leading",
               steps_offset=1)

betas = torch.linspace(0.00085 ** 0.5, 0.012 ** 0.5, 1000, dtype=torch.float64) ** 2
alphas = torch.cumprod(1 - betas, 0)
log_sigmas = ((1 - alphas) / alphas).sqrt().log()


def k_case(function, sampler, spacing, steps, seed):
    generator = torch.Generator().manual_seed(seed)
    if spacing == "karras":
        sigmas = kd.get_sigmas_karras(steps, float(log_sigmas[0].exp()), float(log_sigmas[-1].exp())).double()
    else:
        t = np.linspace(999, 0, steps) if spacing == "uniform" else np.linspace(999, 0, steps + 1)[:-1]
        sigmas = torch.tensor(np.append(np.exp(np.interp(t, np.arange(1000), log_sigmas.numpy())), 0.0))
    timesteps = [int((log_sigmas - s.log()).abs().argmin()) for s in sigmas[:-1]]
    calls = []
    trajectory = []

    def model(x, sigma, **_):
        t = timesteps[len(calls)]
        calls.append(t)
        trajectory.append(head(x))
        return x - sigma[0] * network(x / (sigma[0] ** 2 + 1).sqrt(), t)

    x = torch.randn(SHAPE, generator=generator).double() * sigmas[0]
    noise = {} if sampler == "dpmpp_2m" or sampler == "euler" else {
        "noise_sampler": lambda *_: torch.randn(SHAPE, generator=generator).double()}
    x = function(model, x, sigmas, disable=True, **noise)
    trajectory.append(head(x))
    add("k-diffusion " + function.__name__, sampler, spacing, "epsilon", steps, seed, None, timesteps, trajectory)


for name, function in (("euler", kd.sample_euler), ("euler_a", kd.sample_euler_ancestral),
                       ("dpmpp_2m", kd.sample_dpmpp_2m)):
    for spacing in ("uniform", "karras", "sgm_uniform"):
        k_case(function, name, spacing, 5, 7)
    k_case(function, name, "karras", 12, 11)

with open("trajectories.json", "w") as out:
    json.dump(dict(torch=torch.__version__, diffusers=diffusers.__version__, cases=cases), out, indent=None,
              separators=(",", ":"))
    out.write("\n")
print(len(cases), "cases")
