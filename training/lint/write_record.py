"""Write record.yaml: the digests of the weights and of the pairs that they were trained on."""

from __future__ import annotations

import hashlib
from pathlib import Path

HERE = Path(__file__).parent
WEIGHTS = HERE.parent.parent / "src" / "trustcenter" / "publish" / "lint" / "pair_model.safetensors"


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


lines = [f"weights: {digest(WEIGHTS)}", "sentences:"]
lines += [f"  {file.name}: {digest(file)}" for file in sorted((HERE / "pairs").glob("*.jsonl"))]
(HERE / "record.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
