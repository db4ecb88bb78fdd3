"""Every shipped programme, for tables that must hold under each.

The builders call their texts after the document; so do the rules here, whatever the programme's
own texts are called.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from policies.facts import FormKind
from policies.programme import FormRef, Programme, load_programme, published
from tests.factories import FORM_VERSION


def spoken(slug: str) -> Programme:
    """The newest rules of that name, with the builders' names of texts."""
    forms = {kind: FormRef(kind.value, FORM_VERSION) for kind in FormKind}
    return replace(load_programme(slug), forms=forms)


MESH, MOYA = spoken("mesh-2020"), spoken("moya-shkola-2023")
BOTH = [pytest.param(spoken(slug), id=slug) for slug in sorted({each.slug for each in published()})]
