"""Train the pair model: PYTHONPATH=training/lint python training/lint/train.py [--epochs 4] [--from FILE] --out FILE

Needs torch (2.13 was used; it is no dependency of trustcenter) and the packages of requirements/meaning.txt. On two
cores about ten minutes an epoch. `write_weights.py` makes `pair_model.safetensors` of what it writes.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from network import Network, base_weights, batch
from sentences import Pair, ReadPage, groups, pages
from torch.nn import functional

from trustcenter.publish.lint.likely import NEAREST
from trustcenter.publish.lint.pair_model import FAMILY_ORDER

AT_ONCE = 64
UNRELATED = 6_000
"""Sentences of different subjects, as most pairs of a page are."""
ORDINARY, HARD = 16_000, 12_000
"""Pairs of a page that do not contradict each other: at random, and those that the model took for contradictory."""
Coded = tuple[tuple[list[int], list[int]], int, int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--from", dest="begin", type=Path, help="go on from what an earlier run wrote")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    torch.manual_seed(1)
    Trainer(chosen.begin).run(chosen.epochs, chosen.rate, chosen.out)


class Trainer:
    """The network, its pairs, and the pages' pairs that it last took for contradictory."""

    def __init__(self, begin: Path | None) -> None:
        self.random = random.Random(1)  # noqa: S311 - an order, no secret
        weights, self.tokenizer = base_weights()
        self.network = Network().take(weights)
        self.groups = list(groups())
        self.contradictory, self.other = _of_pages(list(pages()), Network().take(weights), self)
        self.hard: list[Pair] = []
        if begin:
            self.network.load_state_dict(torch.load(begin))

    def run(self, epochs: int, rate: float, out: Path) -> None:
        """Adam with a rate that rises over the first twentieth and then falls to nothing."""
        trained = [one for one in self.network.parameters() if one.requires_grad]
        optimizer = torch.optim.AdamW(trained, lr=rate, weight_decay=0.01)
        began, step = time.monotonic(), 0
        for epoch in range(epochs):
            self.network.train()
            batches = self._batches()
            for number, rows in enumerate(batches):
                step += 1
                share = step / (len(batches) * epochs)
                for group in optimizer.param_groups:
                    group["lr"] = rate * min(share / 0.06, max(0.02, (1 - share) / 0.94))
                loss = self._loss(rows)
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(trained, 1.0)
                optimizer.step()
                if number % 100 == 0:
                    print(
                        f"epoch {epoch + 1}, {number} of {len(batches)}, {time.monotonic() - began:.0f} s", flush=True
                    )
            torch.save(self.network.state_dict(), out)
            if epoch + 1 < epochs:
                self._look_for_hard_ones()

    def _loss(self, rows: list[Coded]) -> torch.Tensor:
        true = torch.tensor([float(contradicts) for _, contradicts, _ in rows])
        family = torch.tensor([number for _, _, number in rows])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            odds, families = self.network(*batch([coded for coded, _, _ in rows]))
        loss = functional.binary_cross_entropy_with_logits(odds.float(), true)
        if bool((family >= 0).any()):
            loss = loss + 0.3 * functional.cross_entropy(families.float(), family, ignore_index=-1)
        return loss

    def _batches(self) -> list[list[Coded]]:
        rows = [pair for _, group in self.groups for pair in group] + 2 * self.contradictory + self.hard
        rows += self.random.sample(self.other, min(len(self.other), ORDINARY))
        for _ in range(UNRELATED):
            (subject, one), (another, other) = self.random.choice(self.groups), self.random.choice(self.groups)
            if subject != another:
                rows.append(Pair(one[0].one, self.random.choice(other).other, None))
        self.random.shuffle(rows)
        found: list[list[Coded]] = []
        for start in range(0, len(rows), AT_ONCE * 40):
            # Pairs of like length go together, in an order that length does not tell.
            some = sorted(
                (self.code(pair) for pair in rows[start : start + AT_ONCE * 40]), key=lambda row: len(row[0][0])
            )
            found += (cut := [some[at : at + AT_ONCE] for at in range(0, len(some), AT_ONCE)])
            self.random.shuffle(cut)
        return found

    def code(self, pair: Pair) -> Coded:
        """In either order: which stands first says nothing."""
        both = (pair.one, pair.other) if self.random.random() < 0.5 else (pair.other, pair.one)
        read = self.tokenizer.encode(*both)
        return (
            (read.ids, read.type_ids),
            int(pair.family is not None),
            FAMILY_ORDER.index(pair.family) if pair.family else -1,
        )

    def _look_for_hard_ones(self) -> None:
        some = self.random.sample(self.other, len(self.other) // 2)
        odds = list(self._odds(some))
        order = sorted(range(len(some)), key=lambda number: -odds[number])
        self.hard = [some[number] for number in order[:HARD]]

    @torch.no_grad()
    def _odds(self, pairs: list[Pair]) -> Iterator[float]:
        self.network.eval()
        for start in range(0, len(pairs), 128):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                odds, _ = self.network(*batch([self.code(pair)[0] for pair in pairs[start : start + 128]]))
            yield from odds.float().tolist()


@torch.no_grad()
def _of_pages(read: list[ReadPage], base: Network, trainer: Trainer) -> tuple[list[Pair], list[Pair]]:
    """Pairs that contradict each other, and others: the nearest in meaning, and as many at random as passages."""
    base.eval()
    contradictory: list[Pair] = []
    other: list[Pair] = []
    for page in read:
        contradictory += [
            Pair(page.passages[a], page.passages[b], kind) for (a, b), kind in page.contradictions.items()
        ]
        vectors = _vectors(page.passages, base, trainer)
        near = (vectors @ vectors.T).fill_diagonal_(-1).topk(min(NEAREST, len(vectors) - 1)).indices.tolist()
        pairs = {(min(one, two), max(one, two)) for one, row in enumerate(near) for two in row}
        for _ in page.passages:
            one, two = sorted(trainer.random.sample(range(len(page.passages)), 2))
            pairs.add((one, two))
        other += [Pair(page.passages[a], page.passages[b], None) for a, b in sorted(pairs - page.contradictions.keys())]
    return contradictory, other


def _vectors(texts: Sequence[str], base: Network, trainer: Trainer) -> torch.Tensor:
    """One row of length one for each text."""
    found = []
    for start in range(0, len(texts), 64):
        read = trainer.tokenizer.encode_batch(list(texts[start : start + 64]))
        ids, sides, mask = batch([(one.ids, one.type_ids) for one in read])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            values = base.states(ids, sides, mask).float()
        mean = (values * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        found.append(functional.normalize(mean, dim=-1))
    return torch.cat(found)


if __name__ == "__main__":
    main()
