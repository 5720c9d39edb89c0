"""HTML to PDF in a process of its own, with a closed environment: `python -m trustcenter.publish.pack.render`.

The child sees no system font (an empty fontconfig) and one fixed time (SOURCE_DATE_EPOCH, which the font subsetter
writes into the file), so that the same input gives the same bytes on any machine with the same WeasyPrint.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trustcenter.errors import ConfigurationError, TrustCenterError

_TIME_LIMIT = 900
_FONTCONFIG = (
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">'
    "<fontconfig><cachedir>{cache}</cachedir></fontconfig>"
)
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "VIRTUAL_ENV", "SYSTEMROOT")


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file inside the PDF, byte for byte."""

    name: str
    content: bytes
    description: str


def render_pdf(
    html: str,
    style: str,
    assets: Mapping[str, bytes],
    attachments: Sequence[AttachedFile],
    identifier: bytes,
    made: datetime,
    environment: Mapping[str, str],
) -> bytes:
    """The PDF's bytes. `environment` is the caller's; only what finds libraries is passed on.

    Raises ConfigurationError where WeasyPrint is missing, TrustCenterError when it refuses the document.
    """
    order = {
        "html": html,
        "style": style,
        "assets": {name: _text(content) for name, content in assets.items()},
        "attachments": [[item.name, _text(item.content), item.description] for item in attachments],
        "identifier": identifier.hex(),
        "made": int(made.timestamp()),
    }
    with tempfile.TemporaryDirectory(prefix="pack-") as folder:
        fonts = Path(folder) / "fonts.conf"
        fonts.write_text(_FONTCONFIG.format(cache=folder), encoding="utf-8")
        closed = {name: environment[name] for name in _PASSED_ON if name in environment}
        closed |= {
            "FONTCONFIG_FILE": str(fonts),
            "SOURCE_DATE_EPOCH": str(order["made"]),
            "HOME": folder,
            "LC_ALL": "C.UTF-8",
        }
        try:
            done = subprocess.run(  # noqa: S603  our own interpreter and module
                [sys.executable, "-m", __name__],
                input=json.dumps(order).encode(),
                capture_output=True,
                timeout=_TIME_LIMIT,
                env=closed,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise TrustCenterError(f"the PDF was not made within {_TIME_LIMIT} seconds") from error
    if done.returncode == 0 and done.stdout.startswith(b"%PDF-"):
        return done.stdout
    said = done.stderr.decode(errors="replace").strip().splitlines()
    if any("No module named 'weasyprint'" in line or "cannot load library" in line for line in said):
        raise ConfigurationError(
            f"WeasyPrint does not start: {said[-1]}",
            hint="pip install 'trustcenter[pdf]', and the system's Pango (Debian: libpango-1.0-0 libpangoft2-1.0-0)",
        )
    raise TrustCenterError("the PDF could not be made", hint="\n  ".join(said[-5:]))


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _main() -> None:
    """The child: reads the order from standard input, writes the PDF to standard output."""
    from weasyprint import CSS, HTML, Attachment
    from weasyprint.text.fonts import FontConfiguration

    from trustcenter.publish.pack.closed_fetcher import closed_fetcher

    order: dict[str, Any] = json.load(sys.stdin)
    made = datetime.fromtimestamp(order["made"], UTC)
    fetcher = closed_fetcher({name: base64.b64decode(content) for name, content in order["assets"].items()})
    fonts = FontConfiguration()
    common = {"base_url": "bundled:///", "url_fetcher": fetcher}
    style = CSS(string=order["style"], font_config=fonts, **common)
    attachments = [
        Attachment(
            string=base64.b64decode(content),
            name=name,
            description=description,
            created=made,
            modified=made,
            relationship="Data",
            **common,
        )
        for name, content, description in order["attachments"]
    ]
    pdf = HTML(string=order["html"], **common).write_pdf(
        stylesheets=[style],
        font_config=fonts,
        attachments=attachments,
        pdf_identifier=bytes.fromhex(order["identifier"]),
        pdf_tags=True,
    )
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    _main()
