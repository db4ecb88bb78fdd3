"""Workers who are parents too: they sign as parents, and act as workers for no family of theirs.

Who is whose is compared by keyed tokens of the school's scope, never by values.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True, repr=False)
class WorkerMarks:
    """Tokens of a worker's own SNILS (None: not on record), e-mail and phone."""

    snils: bytes | None
    contacts: frozenset[bytes] = frozenset()

    @property
    def all(self) -> frozenset[bytes]:
        return self.contacts if self.snils is None else self.contacts | {self.snils}


def is_of_another(
    contact: bytes, signer_snils: bytes | None, workers: Iterable[WorkerMarks]
) -> bool:
    """Whether a worker other than the signer has this contact.

    Only the same SNILS makes a worker and a signer one person: a contact is what a dishonest
    worker would write into somebody's record.
    """
    return any(
        contact in worker.contacts and (worker.snils is None or worker.snils != signer_snils)
        for worker in workers
    )


def own_family(marked: Collection[K], guardianships: Iterable[tuple[K, K]]) -> frozenset[K]:
    """Everybody of the family of a worker: `marked` people, their children, who stands for those.

    `marked`: people with a mark of the worker, be it the worker or a child who was given the
    worker's contact. `guardianships`: (guardian, pupil). Erring on the side of a colleague's
    hand costs a minute, so any mark counts here.
    """
    links = list(guardianships)
    children = {*marked, *(pupil for guardian, pupil in links if guardian in marked)}
    return frozenset(children | {guardian for guardian, pupil in links if pupil in children})
