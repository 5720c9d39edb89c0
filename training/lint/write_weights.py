"""Write what the linter reads.

python training/lint/write_weights.py TRAINED src/trustcenter/publish/lint/pair_model.safetensors
"""

from __future__ import annotations

import sys

import torch
from network import Network, base_weights
from safetensors.torch import save_file

weights, _ = base_weights()
network = Network()
network.load_state_dict(torch.load(sys.argv[1]))
save_file({name: value.contiguous() for name, value in network.changes(weights).items()}, sys.argv[2])
