"""The documents of a whole class as one PDF to be printed: each begins on a sheet of its own.

For paper: it carries no tags, which the single copies do (`printing.pdf`). About 55 documents of
two pages take as much memory as a process should (some 300 MB), so a larger set is printed in
parts; fonts are written once for each.
"""

from __future__ import annotations

import io
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise

from consent_forms.printing import printed_together

MOST_AT_ONCE = 40  # documents


def class_set(documents: Sequence[bytes], processes: int = 1) -> bytes:
    """Print documents of ours in their order, duplex-safe: after an odd page stands an empty one.

    `processes`: this one and helpers that are started for it (0.5 s each); worth it from some ten
    documents on. Raises ValueError for no document.
    """
    if not documents:
        raise ValueError("nothing to print")
    count = max(processes, -(-len(documents) // MOST_AT_ONCE))
    bounds = [len(documents) * n // count for n in range(count + 1)]
    mine, *others = [documents[start:end] for start, end in pairwise(bounds) if start < end]
    if not others:
        return printed_together(mine)
    if processes == 1:
        return _joined([printed_together(part) for part in (mine, *others)])
    # Spawned, not forked: the caller may have threads, and Pango keeps a state of its own.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(len(others), processes - 1), context) as pool:
        theirs = [pool.submit(printed_together, part) for part in others]
        parts = [printed_together(mine), *(each.result() for each in theirs)]
    return _joined(parts)


def _joined(parts: Sequence[bytes]) -> bytes:
    import pikepdf

    with pikepdf.open(io.BytesIO(parts[0])) as whole:
        for part in parts[1:]:
            with pikepdf.open(io.BytesIO(part)) as more:
                whole.pages.extend(more.pages)
        out = io.BytesIO()
        whole.save(out, deterministic_id=True)
    return out.getvalue()
