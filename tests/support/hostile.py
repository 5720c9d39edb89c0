"""An instance whose roster, names and sentences attack the page: what a platform or a colleague could put there."""

from __future__ import annotations

import json
from pathlib import Path

RAN = "window.__ran=1"
"""Any script that gets to run leaves this mark."""

MARKED = "data-hostile"
"""Any element that markup manages to make carries this attribute."""

ROWS = (
    f"<script {MARKED}>{RAN}</script>",
    f"<img src=x {MARKED} onerror={RAN}>",
    f"</article></main><h1 {MARKED}>All certified</h1>",
    f"\" onmouseover=\"{RAN}\" {MARKED}=\"",
    f"&lt;script {MARKED}&gt;{RAN}&lt;/script&gt;",
    f"<!-- {MARKED}",
    f"[certified](javascript:{RAN})",
    "![seal](https://elsewhere.invalid/seal.png)",
    "https://elsewhere.invalid/autolink",
    f"word{{: onclick='{RAN}' {MARKED}='1' }}",
    "# Heading certified",
    "!!! danger certified",
    "| a | b |\n|---|---|\n| cell certified | c |",
    "- [ ] item certified",
    "```\nfenced certified\n```",
    "--8<-- \"trustcenter.toml\"",
    ":material-home: :fontawesome-solid-user:",
    "{{ 7 * 191 }} {{ config.site_dir }} {% raw %}",
    "${PORTAL_READER_DSN} %(asctime)s {0.__class__}",
    "=HYPERLINK(\"https://elsewhere.invalid/\",\"certified\")",
    "right \u202eto\u202c left \u2066isolated\u2069",
    "invisible \u200b\u200d\ufeff and tags \U000e0041\U000e0042",
    "escape \u001b[31mred\u001b[0m bell \u0007 back\u0008space",
    "lines\r\nand\u2028separators\u2029and\u0085next",
    "wide " + "W" * 300,
    "https://very.long.example/" + "x" * 400,
)  # fmt: skip

TITLE = f"Title <b {MARKED}>bold</b> **strong** `code` [link](javascript:{RAN})"
LONGEST = 1_000_000

CONTROL = f"""\
id: data.hostile
title: '{TITLE}'
owner: "<i {MARKED}>owner</i>"
nature: automated
frequency: continuous
criteria:
  soc2: {{CC6.1: "<u {MARKED}>rationale</u>"}}
tests:
  listed:
    collector: query
    source: rosters
    query:
      sql: select name from hostile
      columns: {{name: {{type: text, key: true}}}}
    count: {{at_least: 1}}
    every: 24h
  long:
    collector: query
    source: rosters
    query:
      sql: select name from endless
      columns: {{name: {{type: text, key: true}}}}
    count: {{at_least: 1}}
    every: 24h
claims:
  - id: listed
    short: '<em {MARKED}>Listed</em>'
    group: '<em {MARKED}>Group</em>'
    say: "The roster names {{listed.list.name}} <b {MARKED}>and no more</b>."
    tests: [listed]
    noun: '<s {MARKED}>names</s>'
    asks: 'Who <b {MARKED}>asks</b>?'
    aliases: ['<b {MARKED}>alias</b>']
  - id: long
    short: A long name
    say: "The longest is {{long.list.name}}."
    tests: [long]
"""


def make_hostile(root: Path) -> None:
    """Plant all of it in a copy of the instance."""
    (root / "controls" / "data" / "hostile.yaml").write_text(CONTROL, encoding="utf-8")
    (root / "rosters" / "hostile.json").write_text(json.dumps([{"name": row} for row in ROWS]), encoding="utf-8")
    (root / "rosters" / "endless.json").write_text(json.dumps([{"name": "L" * LONGEST}]), encoding="utf-8")
    _replace(
        root / "trustcenter.toml",
        'name = "Fernhollow"',
        f"name = 'Fernhollow <b {MARKED}>&amp; sons</b> {{{{ 7 * 191 }}}}'",
    )
    _replace(root / "controls" / "documents.yaml", "title: Access control policy", f"title: '{TITLE}'")
    _replace(root / "controls" / "subprocessors.yaml", "name: Northmere Hosting (sample)", f"name: '{TITLE}'")


def _replace(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text, f"{path.name} no longer says {before!r}"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
