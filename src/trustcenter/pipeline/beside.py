"""Work on a second processor, in a process forked for it, where there is one; otherwise here, and afterwards.

Only for what reads and returns values: whatever a forked process changes is lost with it. Where it fails, or ends
before its answer came, the work is done here, so that an error is raised as if nobody had helped.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Generic, TypeVar, cast

Given = TypeVar("Given")
Made = TypeVar("Made")


def possible() -> bool:
    """Whether a process can be forked safely and would have a processor of its own.

    Not on macOS, whose own libraries do not survive it; not while other threads run, whose locks would stay held; and
    not by a process that is itself a helper.
    """
    alone = threading.active_count() == 1 and not multiprocessing.current_process().daemon
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1 and alone


class Beside(Generic[Made]):
    """Work that was begun elsewhere; `result` waits for it."""

    def __init__(self, work: Callable[[], Made], *, worthwhile: bool = True) -> None:
        self._work = work
        self._answer: Connection | None = None
        if worthwhile and possible():
            forking = multiprocessing.get_context("fork")
            self._answer, theirs = forking.Pipe(duplex=False)
            self._process = forking.Process(target=_answer, args=(work, self._answer, theirs), daemon=True)
            self._process.start()
            theirs.close()

    def stop(self) -> None:
        """End it: nobody will ask for the result."""
        if self._answer is not None:
            self._process.kill()
            self._process.join()
            self._answer.close()

    def result(self) -> Made:
        """What the work gives. Raises what it raises."""
        if self._answer is None:
            return self._work()
        with self._answer as answer:
            try:
                made = pickle.loads(answer.recv_bytes())  # noqa: S301  (of our own process, over our own pipe)
            except (EOFError, OSError):  # it ended before it answered, or in the middle of it
                made = None
        self._process.join()
        return self._work() if made is None else cast("tuple[Made]", made)[0]


def _answer(work: Callable[[], object], reading: Connection, answer: Connection) -> None:
    """The forked process: it answers with what it made, or says nothing."""
    reading.close()
    try:
        made = pickle.dumps((work(),), protocol=pickle.HIGHEST_PROTOCOL)
    except Exception:  # noqa: BLE001  (the work is done again by whoever asked, who raises it)
        return
    with answer, contextlib.suppress(BrokenPipeError):  # nobody waits for it any more
        answer.send_bytes(made)


def in_two(function: Callable[[Given], Made], items: Sequence[Given], *, least: int = 200) -> Iterator[Made]:
    """`map`, the second half of it beside the first where there are many; in order."""
    middle = len(items) // 2
    second = Beside(lambda: [function(item) for item in items[middle:]], worthwhile=len(items) >= least)
    try:
        first = [function(item) for item in items[:middle]]
    except BaseException:
        second.stop()
        raise
    yield from first
    yield from second.result()
