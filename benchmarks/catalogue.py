"""Loading 1,000 controls, paired with PyYAML alone over the same bytes (safe loader on libyaml, which checks nothing).

Run: `python benchmarks/catalogue.py [CONTROLS] [--json]`. The controls are those that a new instance starts with, again
and again under other names.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import yaml
from harness import compare, report

from trustcenter.catalog import load
from trustcenter.collectors import registry
from trustcenter.instance import parse
from trustcenter.scaffold import plan


def main() -> None:
    count = next((int(word) for word in sys.argv[1:] if word.isdigit()), 1000)
    starter = plan("Example", ("soc2", "gdpr"), {"gdpr": ("controller",)}, today=date(2026, 11, 20))
    controls = [(path, data) for path, data in starter.items() if path.count("/") == 2 and path.startswith("controls/")]
    files = {"trustcenter.toml": starter["trustcenter.toml"]}
    for number in range(count):
        path, data = controls[number % len(controls)]
        stem = Path(path).stem
        name = f"{stem}-{number}"
        files[path.replace(stem, name)] = data.replace(f".{stem}\n".encode(), f".{name}\n".encode(), 1)
    instance = parse(files["trustcenter.toml"], {}, root=Path("/instance"))
    collectors = registry.descriptions()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    texts = [data for path, data in files.items() if path.endswith(".yaml")]
    result = compare(
        f"load {count:,} controls",
        lambda: load(files, instance, collectors),
        lambda: [yaml.load(data, Loader=loader) for data in texts],
        against="PyYAML's safe loader on libyaml",
        pairs=5,
        note="strict reading, typing of conditions, citations, claims; the yardstick only parses",
    )
    report([result])


if __name__ == "__main__":
    main()
