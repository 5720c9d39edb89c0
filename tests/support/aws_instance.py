"""An instance with nothing but the controls for AWS, on a folder of a test."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from trustcenter.scaffold import plan

TOML = """\
[organisation]
name = "Example"
url = "https://trust.example.test"
covers = "An AWS account that a test made"
frameworks = ["soc2", "gdpr", "ccpa"]

[organisation.roles]
gdpr = ["controller"]
ccpa = ["business"]

[sources.aws]
kind = "aws"
environment = "staging"
regions = {regions}
endpoint_url = "{endpoint}"
attempts = 1
{more}
"""


def write(
    root: Path,
    endpoint: str,
    *,
    controls: Sequence[str] = (),
    regions: str = '["eu-west-1"]',
    more: str = "",
    libraries: Sequence[str] = ("aws",),
) -> Path:
    """Write the instance: all controls of the libraries, or the named ones."""
    roles = {"gdpr": ("controller",), "ccpa": ("business",)}
    files = plan("Example", ("soc2", "gdpr", "ccpa"), roles, today=date(2026, 11, 20), libraries=libraries)
    for path, data in files.items():
        name = Path(path)
        if name.parent.as_posix() in {f"controls/{library}" for library in libraries} and (
            not controls or name.stem in controls
        ):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data)
    (root / "trustcenter.toml").write_text(TOML.format(endpoint=endpoint, regions=regions, more=more))
    return root
