"""The rules of a collection together with the texts they ask for, both as published."""

from __future__ import annotations

from consent_forms.form import ConsentForm
from consent_forms.published import catalogue, pinned_rules
from gateway.store.collections import Collection
from policies.facts import Decision, FormKind
from policies.programme import Programme


def rules_of(collection: Collection) -> Programme:
    """The version under which the collection was opened, whatever was published since.

    Raises `ProgrammeError`, `CatalogueError`: start and readiness have looked for it before.
    """
    return pinned_rules(collection.programme, collection.policy_digest)


def form_for(rules: Programme, kind: FormKind, decision: Decision) -> ConsentForm:
    """The text of a consent of that kind, or of a refusal or withdrawal of it."""
    ref = rules.forms[kind] if decision is Decision.GIVEN else rules.statements[decision]
    return catalogue().get(ref.slug, ref.version)
