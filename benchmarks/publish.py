"""Publishing against mkdocs alone on the very same Markdown and configuration.

    python benchmarks/publish.py [--controls 300] [--json]

Both sides end with a built folder. Ours begins with catalogue and assessment in memory: it builds the view, writes
pages and twins, runs mkdocs and switches the folder. Seconds are the processor's.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from harness import compare, report

from trustcenter.model.assessment import Assessment, TestConclusion
from trustcenter.model.catalogue import Catalogue, Organisation
from trustcenter.model.control import Claim, Control, CriterionMapping, TestOfControl
from trustcenter.model.place import Place
from trustcenter.publish.inputs import EvidenceEntry, LedgerRecord
from trustcenter.publish.site import build_site, mkdocs_configuration
from trustcenter.publish.values import View
from trustcenter.publish.view import build_view
from trustcenter.publish.words import DOMAINS

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
PLACE = Place("controls/benchmark.yaml")


def made(size: int) -> tuple[Catalogue, Assessment, LedgerRecord]:
    """A catalogue of `size` controls with one claim each, spread over the nine domains, all of them tested."""
    domains = list(DOMAINS)
    controls, conclusions = [], []
    for i in range(size):
        name = f"{domains[i % len(domains)]}.control-{i}"
        controls.append(
            Control(
                id=name, title=f"Control {i}", owner="security", nature="automated", frequency="daily",
                criteria=(CriterionMapping("soc2", "CC6.1", "CC6.1", "because"),), place=PLACE, digest=f"sha256:{i}",
                tests=(TestOfControl("test", timedelta(days=1), PLACE, collector="accounts"),),
                claims=(Claim(f"claim-{i}", "All {test.passed} of {test.examined} items hold.", PLACE),),
            )
        )  # fmt: skip
        conclusions.append(
            TestConclusion(
                name, "test", "portal", "no_deviations", "inspection", "tested", evidence=(f"sha256:{i:064x}",),
                size=i, examined=i, passed=i, observed_at=NOW, expires_at=NOW + timedelta(days=1),
            )
        )  # fmt: skip
    organisation = Organisation("Benchmark", "https://trust.example", "a benchmark", frameworks=("soc2",))
    catalogue = Catalogue(organisation, tuple(controls), (), "sha256:c")
    entries = {d: EvidenceEntry(d, i, NOW) for i, c in enumerate(conclusions) for d in c.evidence}
    record = LedgerRecord("trust.example", size, "cm9vdA==", "note", "trust.example+0+a2V5", "sha256:a", size, entries)
    return catalogue, Assessment(NOW, "judge", "sha256:c", tuple(conclusions)), record


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--controls", type=int, default=300)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    catalogue, assessment, record = made(chosen.controls)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)

        def view() -> View:
            return build_view(catalogue, assessment, record, now=NOW)

        def ours() -> None:
            build_site(
                view(), lambda digest: {"statement": digest}, instance=root, docs=root / "site",
                destination=root / "build" / "site", evidence=None,
            )  # fmt: skip

        ours()
        bare = root / "bare.yml"
        bare.write_text(mkdocs_configuration(view(), root, root / "site", root / "bare"), encoding="utf-8")

        def yardstick() -> None:
            command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(bare)]
            subprocess.run(command, check=True, capture_output=True)

        result = compare(
            f"publish {chosen.controls} controls", ours, yardstick, against="mkdocs alone on the same Markdown",
            pairs=chosen.pairs, target=1.2, processor=True,
        )  # fmt: skip
    report([result])


if __name__ == "__main__":
    main()
