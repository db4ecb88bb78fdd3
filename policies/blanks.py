"""Which documents a family has still to answer, and so may be handed as blanks on paper."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from policies.consent import AskFor
from policies.facts import FormKind
from policies.standing import Standing


def open_documents(pupil_id: UUID, where: Standing) -> list[AskFor]:
    """What a waiting pupil lacks an answer on, be there none or one that does not count.

    Empty for a settled pupil: a «no» is not asked again, and one guardian's yes is enough.
    """
    return [
        AskFor(
            reason.form,
            reason.about,
            pupil_id if reason.form is FormKind.CHILD else reason.about,
        )
        for reason in where.reasons
        if reason.form is not None and reason.about is not None
    ]


def of_one_guardian(documents: Iterable[AskFor]) -> list[AskFor]:
    """Those of the first guardian and the pupil's own: no more has to be signed."""
    listed = list(documents)
    first = next((each.signer_id for each in listed if each.form is not FormKind.PUPIL_OWN), None)
    return [each for each in listed if each.form is FormKind.PUPIL_OWN or each.signer_id == first]
