"""Paper: the copy of one consent, and the consents of a class as one PDF.

Floor: each document by itself, `HTML(string=…).write_pdf()`, as WeasyPrint's first page has it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pikepdf
from weasyprint import HTML

from benchmarks.places import Place
from benchmarks.sizes import Sizes
from benchmarks.timing import Contest, Cost, Goal, Limit, Side, measured
from consent_forms.catalogue import Catalogue
from consent_forms.class_set import class_set
from consent_forms.printing import pdf
from consent_forms.rendering import render
from consent_forms.specimen import specimen
from policies.facts import FormKind

CONSENT_CPU_SECONDS = 0.120
SET_WALL_SECONDS = 1.6
PAGES = 2


def contests(_places: dict[str, Place], sizes: Sizes) -> Iterator[Contest]:
    """No database is met."""
    documents = _documents(sizes.forms)
    few = documents[:5]
    naive = Side("naive WeasyPrint renders", partial(_turn, few, _naive), len(few))
    whole = Side("naive WeasyPrint renders of the class", partial(_turn, documents, _naive), 1)
    pdf(documents[0])
    yield Contest(
        "printing",
        "",
        Side("copy of a consent, two pages", partial(_turn, few, _copies), len(few)),
        ((naive, Goal(most=1)),),
        limits=(Limit(CONSENT_CPU_SECONDS, "cpu"),),
        notes=("tagged (PDF/UA-1), with its own fonts; the naive one is neither",),
    )
    yield Contest(
        "printing",
        "",
        Side(f"class set of {sizes.forms}", partial(_turn, documents, class_set)),
        ((whole, Goal(most=0.8)),),
    )
    yield Contest(
        "printing",
        "",
        Side(
            f"class set of {sizes.forms}, two processes",
            partial(_turn, documents, partial(class_set, processes=2)),
        ),
        (),
        limits=(Limit(SET_WALL_SECONDS, "wall"),),
    )


def _documents(count: int) -> list[bytes]:
    """Consents of people of different names, two pages each."""
    form, facts = Catalogue.load().get("child", "1"), specimen(FormKind.CHILD)
    return [
        render(form, replace(facts, signer=replace(facts.signer, full_name=f"Образцова Ева {n}-я")))
        for n in range(count)
    ]


def _turn(documents: list[bytes], printed: Callable[[list[bytes]], list[bytes] | bytes]) -> Cost:
    """Print, then count the pages of what came out: DejaVu, which a naive one takes, is wider."""
    with measured() as cost:
        made = printed(documents)
    pages = 0
    for one in [made] if isinstance(made, bytes) else made:
        with pikepdf.open(io.BytesIO(one)) as read:
            pages += len(read.pages)
    assert pages >= PAGES * len(documents)
    return cost


def _naive(documents: list[bytes]) -> list[bytes]:
    return [HTML(string=document.decode()).write_pdf() for document in documents]


def _copies(documents: list[bytes]) -> list[bytes]:
    return [pdf(document) for document in documents]
