"""Rules and texts of this installation, read once: what was published, or nothing."""

from __future__ import annotations

import functools

from consent_forms.catalogue import Catalogue
from policies.programme import Programme, pinned_programme


@functools.cache
def catalogue() -> Catalogue:
    """Every published text. Raises `CatalogueError` when one no longer has its pinned digest."""
    return Catalogue.load()


@functools.cache
def pinned_rules(slug: str, digest: str) -> Programme:
    """The version of a programme with that policy digest; it compares the digests of texts too.

    Raises `ProgrammeError`, `CatalogueError`: missing here, or not what was published.
    """
    rules = pinned_programme(slug, digest)
    refs = {*rules.forms.values(), *rules.statements.values()}
    texts = {(ref.slug, ref.version): catalogue().get(ref.slug, ref.version) for ref in refs}
    return rules.with_text_digests({name: text.text_digest for name, text in texts.items()})
