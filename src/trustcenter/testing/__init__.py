"""The conformance kit: what every collector must hold, ours and third parties', in one line of a test.

    from trustcenter.testing import Stage, conform

    def test_it_conforms(server):
        assert not conform(my_collector, Stage({"url": server.url}))

`conform` runs the collector on a source that works, and then on that source broken in each way by which it is
reached. It returns objections, each with its rule: typed facts, completeness, faults, redaction, determinism, safety.
"""

from trustcenter.testing.kit import Objection, Stage, conform
from trustcenter.testing.ways import Database, Folder, Port, Program, Way, Web

__all__ = ["Database", "Folder", "Objection", "Port", "Program", "Stage", "Way", "Web", "conform"]
