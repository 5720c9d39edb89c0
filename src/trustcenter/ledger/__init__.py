"""The ledger: an append-only store of signed statements, its keys, its timestamps and its verification."""
