"""Names by which workers sign in: one canonical form, unique whatever the case."""

from __future__ import annotations

import unicodedata

LEAST_SIGNS = 3
MOST_SIGNS = 64
_MARKS = frozenset(".-_@")


def parse_login(text: str) -> str:
    """NFKC, casefolded; letters, digits and `.-_@`, the first a letter or digit, 3 to 64 signs.

    Raises ValueError("login_form").
    """
    # Folding may leave letters decomposed, and composing may make an unfolded one.
    folded = unicodedata.normalize("NFKC", text.strip()).casefold()
    login = unicodedata.normalize("NFKC", folded)
    fits = LEAST_SIGNS <= len(login) <= MOST_SIGNS
    if not (fits and login[0].isalnum() and all(s.isalnum() or s in _MARKS for s in login)):
        raise ValueError("login_form")
    return login
