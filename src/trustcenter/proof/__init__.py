"""Pure proofs.

Canonical JSON, Merkle trees, signatures, signed notes and tiles. Knows nothing of controls.
"""
