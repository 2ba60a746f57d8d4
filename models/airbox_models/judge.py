"""An independent classifier of things: trained on picture sets that the generator never saw, used by the evaluation alone."""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from airbox_models.paths import run_file
from airbox_models.prepare import load_subjects
from airbox_models.sources import JUDGE_COLLECTIONS, IconCollection, Subject
from airbox_models.training import learning_rate, load_checkpoint, save_checkpoint, set_learning_rate, step_generator
from airbox_models.words import EVERYDAY

SIZE = 64
SEED = 71
BATCH = 64
STEPS = 2500
PEAK_RATE = 2e-3
SMALLEST_SETS = 4
"""A thing is judged only if at least this many of the picture sets hold it."""


def judged_subjects() -> list[Subject]:
    """The everyday things that enough of the judge's picture sets hold, in the order of the prepared data."""
    collections = [IconCollection(name) for name in JUDGE_COLLECTIONS]
    everyday = [subject for subject in load_subjects() if subject.label in EVERYDAY]
    return [s for s in everyday if sum(c.picture(s.key, SIZE) is not None for c in collections) >= SMALLEST_SETS]


def _training_pictures(subjects: list[Subject]) -> tuple[Tensor, Tensor]:
    """All pictures of the judge's sets as premultiplied RGBA uint8 [N, 4, 64, 64], with their class numbers."""
    pictures, classes = [], []
    for name in JUDGE_COLLECTIONS:
        collection = IconCollection(name)
        for number, subject in enumerate(subjects):
            if (picture := collection.picture(subject.key, SIZE)) is not None:
                pictures.append(torch.from_numpy(picture.copy()).permute(2, 0, 1))
                classes.append(number)
    return torch.stack(pictures), torch.tensor(classes)


class Judge(nn.Module):
    """A plain convolutional classifier of 64×64 pictures."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        widths = (48, 48, 96, 192, 256)
        blocks: list[nn.Module] = [nn.Conv2d(3, widths[0], 5, stride=2, padding=2), nn.BatchNorm2d(widths[0]), nn.ReLU()]
        for width_in, width_out in pairwise(widths):
            blocks += [nn.Conv2d(width_in, width_out, 3, padding=1), nn.BatchNorm2d(width_out), nn.ReLU()]
            blocks += [nn.Conv2d(width_out, width_out, 3, padding=1), nn.BatchNorm2d(width_out), nn.ReLU(), nn.MaxPool2d(2)]
        self.layers = nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.3), nn.Linear(widths[-1], classes))

    def forward(self, pictures: Tensor) -> Tensor:
        """[B, 3, 64, 64] in -1…1 to class scores."""
        return self.layers(pictures)


def _augment(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Random place, size, tilt, side, background and colours."""
    count = len(pictures)
    rand = torch.rand(count, 10, generator=generator)
    angle, size = (rand[:, 0] - 0.5) * 0.7, 0.7 + 0.35 * rand[:, 1]
    side = torch.where(rand[:, 2] < 0.5, -1.0, 1.0)
    turn = torch.stack([side * angle.cos(), side * angle.sin(), -angle.sin(), angle.cos()], 1).view(count, 2, 2) / size[:, None, None]
    place = (rand[:, 3:5] - 0.5)[:, :, None] * 0.4
    grid = F.affine_grid(torch.cat([turn, -turn @ place], 2), [count, 4, SIZE, SIZE], align_corners=False)
    layers = F.grid_sample(pictures.float() / 255, grid, align_corners=False)
    background = torch.where(rand[:, 5:6] < 0.6, 1.0, torch.rand(count, 3, generator=generator))[:, :, None, None]
    merged = layers[:, :3] + (1 - layers[:, 3:]) * background
    mixing = torch.eye(3) + 0.25 * (torch.rand(count, 3, 3, generator=generator) - 0.5)
    mixing = mixing / mixing.sum(2, keepdim=True)
    merged = torch.einsum("bij,bjhw->bihw", mixing, merged)
    contrast = 0.8 + 0.4 * rand[:, 6]
    soft = F.avg_pool2d(F.pad(merged, (1, 1, 1, 1), mode="replicate"), 3, 1)
    merged = torch.where((rand[:, 7] < 0.5)[:, None, None, None], soft, merged)
    return (((merged - 0.5) * contrast[:, None, None, None]) * 2).clamp(-1, 1)


def train_judge(total: int = STEPS) -> None:
    """Trains the classifier; goes on from its checkpoint where there is one."""
    subjects = judged_subjects()
    pictures, classes = _training_pictures(subjects)
    torch.manual_seed(SEED)
    judge = Judge(len(subjects))
    optimizer = torch.optim.AdamW(judge.parameters(), lr=PEAK_RATE, weight_decay=0.02, fused=True)
    step = 0
    if state := load_checkpoint(run_file("judge.pt")):
        judge.load_state_dict(state["judge"])
        optimizer.load_state_dict(state["optimizer"])
        step = state["step"]
    judge.train()
    while step < total:
        generator = step_generator(SEED, step)
        rows = torch.randint(len(pictures), (BATCH,), generator=generator)
        set_learning_rate(optimizer, learning_rate(step, PEAK_RATE, 100, total // 3, total))
        torch.manual_seed(SEED + step)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            scores = judge(_augment(pictures[rows], generator))
        loss = F.cross_entropy(scores.float(), classes[rows], label_smoothing=0.1)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        step += 1
        if step % 250 == 0 or step == total:
            print(f"judge step {step} loss {loss.item():.3f}", flush=True)
            labels = [subject.label for subject in subjects]
            save_checkpoint(
                run_file("judge.pt"), {"judge": judge.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "labels": labels}
            )


def load_judge() -> tuple[Judge, list[str]]:
    """The trained classifier and the labels of its classes."""
    state = load_checkpoint(run_file("judge.pt"))
    if state is None:
        raise FileNotFoundError("train the judge first")
    judge = Judge(len(state["labels"])).eval()
    judge.load_state_dict(state["judge"])
    return judge, state["labels"]


@torch.no_grad()
def ranks(judge: Judge, pictures: Tensor, classes: Tensor) -> Tensor:
    """For pictures [N, 3, H, W] in -1…1: the rank that the judge gives to the right class, 0 being the first."""
    scores = judge(F.interpolate(pictures, size=(SIZE, SIZE), mode="area"))
    return (scores > scores.gather(1, classes[:, None])).sum(1)
