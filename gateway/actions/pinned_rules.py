"""The rules of a programme together with the texts they ask for, both as published."""

from __future__ import annotations

import functools

from consent_forms.catalogue import Catalogue
from consent_forms.form import ConsentForm
from policies.facts import Decision, FormKind
from policies.programme import Programme, load_programme


@functools.cache
def catalogue() -> Catalogue:
    """Every published text. Raises `CatalogueError` when one no longer has its pinned digest."""
    return Catalogue.load()


@functools.cache
def rules_of(slug: str) -> Programme:
    """Rules that also compare the digests of the texts. Raises `ProgrammeError`."""
    rules = load_programme(slug)
    refs = [*rules.forms.values(), *rules.statements.values()]
    return rules.with_text_digests(
        {
            (ref.slug, ref.version): catalogue().get(ref.slug, ref.version).text_digest
            for ref in refs
        }
    )


def form_for(rules: Programme, kind: FormKind, decision: Decision) -> ConsentForm:
    """The text of a consent of that kind, or of a refusal or withdrawal of it."""
    ref = rules.forms[kind] if decision is Decision.GIVEN else rules.statements[decision]
    return catalogue().get(ref.slug, ref.version)
