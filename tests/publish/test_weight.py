"""The overview stays light however much is claimed: everything that it loads, compressed, at 1,000 claims."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from dataclasses import replace

import yaml

from trustcenter.publish.pages import pages
from trustcenter.publish.site import _shipped_assets, mkdocs_configuration, write_generated

LIMIT = 150_000
"""Bytes with fonts, text compressed by gzip."""
CLAIMS = 1_000


def test_the_overview_of_a_thousand_claims_weighs_less_than_150_kb(build, tmp_path):
    view = build()
    size = CLAIMS // len(view.domains) + 1
    domains = tuple(
        replace(
            domain,
            claims=tuple(
                replace(claim, id=f"{claim.id}-{number}", anchor=f"{claim.anchor}-{number}")
                for number in range(size)
                for claim in [domain.claims[number % len(domain.claims)]]
            ),
        )
        for domain in view.domains
    )
    view = replace(view, domains=domains)
    assert len(view.claims) >= CLAIMS
    docs, site = tmp_path / "docs", tmp_path / "site"
    text = pages(view, None)["index.md"]  # the overview alone: the other pages change nothing of its weight
    write_generated(docs, {"index.md": text.encode(), **_shipped_assets(docs)})
    configuration = yaml.safe_load(mkdocs_configuration(view, tmp_path, docs, site))
    configuration["nav"] = [{"Overview": "index.md"}]
    (tmp_path / "mkdocs.yml").write_text(yaml.safe_dump(configuration))
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", str(tmp_path / "mkdocs.yml")]
    subprocess.run(command, check=True, capture_output=True)
    html = (site / "index.html").read_text(encoding="utf-8")
    loaded = set(re.findall(r'(?:href|src)="(assets/[^"]+\.(?:css|js|svg))"', html))
    loaded |= {f"assets/fonts/{font.name}" for font in (site / "assets" / "fonts").glob("*.woff2")}
    assert any("bundle" in name for name in loaded)
    assert sum(name.endswith(".woff2") for name in loaded) == 2
    weights = {name: _weight(name, (site / name).read_bytes()) for name in loaded}
    weights["index.html"] = _weight("index.html", html.encode())
    assert sum(weights.values()) < LIMIT, weights


def _weight(name, body):
    return len(body) if name.endswith(".woff2") else len(gzip.compress(body, 6))
