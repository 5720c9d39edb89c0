"""How likely it is that two sentences of one page cannot both be true: a small model trained on such pairs.

The sentence model that is installed (`trustcenter.publish.meaning`) with what training changed in it, and a head of two
layers, both kept beside this file. What it was trained on, and how, lies in training/lint. It has a number for each
pair and no reason: what is made of it is told as likely, never as shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from typing import Any

from trustcenter.publish import meaning

LONGEST = 160
"""Word pieces of a pair that are read; what follows in a longer one is left out."""
FAMILY_ORDER = (
    "status", "value", "scope", "legal", "unsupported", "capability", "optionality", "governance",
    "absolute", "hedge", "retention", "ambiguity", "gap", "reference", "staleness", "term",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judgement:
    """`odds`: the logarithm of the odds that the two contradict each other; `family`: the likeliest kind if so."""

    odds: float
    family: str


class PairModel:
    """Reads pairs of sentences together, so that each word of one is seen beside each of the other."""

    def __init__(self, weights: Mapping[str, Any], tokenizer: Any, trained: Mapping[str, Any]) -> None:
        import numpy

        self._numpy = numpy
        self._tokenizer = tokenizer
        self._tokenizer.enable_truncation(LONGEST)
        self._transformer = meaning.Transformer(changed(weights, trained))
        self._head = [trained[f"head.{name}"] for name in ("weight", "bias")]
        self._odds = [trained[f"odds.{name}"] for name in ("weight", "bias")]
        self._families = [trained[f"families.{name}"] for name in ("weight", "bias")]

    def judge(self, pairs: Sequence[tuple[str, str]]) -> Iterable[tuple[int, Judgement]]:
        """The number of each pair with its judgement, in the order in which they are read."""
        numpy = self._numpy
        coded = self._tokenizer.encode_batch(list(pairs))
        for batch in meaning.batches([len(one.ids) for one in coded]):
            values, mask = self._transformer.states(
                [coded[one].ids for one in batch], [coded[one].type_ids for one in batch]
            )
            mean = (values * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
            both = numpy.concatenate([values[:, 0], mean], axis=1)
            hidden = numpy.tanh(both @ self._head[0].T + self._head[1])
            odds = hidden @ self._odds[0].T + self._odds[1]
            family = (hidden @ self._families[0].T + self._families[1]).argmax(1)
            for row, number in enumerate(batch):
                yield number, Judgement(float(odds[row, 0]), FAMILY_ORDER[int(family[row])])


def changed(weights: Mapping[str, Any], trained: Mapping[str, Any]) -> dict[str, Any]:
    """The sentence model's weights as training left them.

    Of a matrix the change is kept, in 255 steps whose size each row has for itself; what is small is kept whole.
    """
    found = dict(weights)
    for name, value in trained.items():
        if name in weights:
            found[name] = value
        elif name.endswith(".change"):
            whole = name.removesuffix(".change")
            change = value * trained[f"{whole}.step"][:, None]
            found[whole] = weights[whole][: len(change)] + change
    return found


@lru_cache(maxsize=1)
def load() -> PairModel:
    """The model. Raises `MeaningUnavailable` where the sentence model is not installed."""
    weights, tokenizer = meaning.read()
    from safetensors.numpy import load_file

    with as_file(files("trustcenter.publish.lint") / "pair_model.safetensors") as path:
        trained = load_file(path)
    return PairModel(weights, tokenizer, trained)
