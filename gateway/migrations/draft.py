"""Writes a draft of the next migration; `bin/draft-migration` calls it and tidies up after it.

A draft is read and cleaned by a person before it is committed. `--first` writes revision 0001
anew from the tables, which is allowed only as long as no release has carried it out.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from gateway.store.schema import HEAD, upgrade
from gateway.store.session import make_engine

FIRST = "The first tables"


def draft(message: str, *, first: bool) -> None:
    """Compare a scratch database at `HEAD` (empty, for the first) with the tables in code."""
    here = Path(__file__).parent
    number = 1 if first else int(HEAD) + 1
    if first:
        for old in (here / "versions").glob("r*.py"):
            old.unlink()
    config = Config()
    config.set_main_option("script_location", str(here))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "r%%(rev)s_%%(slug)s")
    config.set_main_option("truncate_slug_length", "20")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/scratch.db"
        if not first:
            upgrade(url)
        engine = make_engine(url, writes=True)
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")
        engine.dispose()


if __name__ == "__main__":
    words = sys.argv[1:]
    if len(words) != 1:
        sys.exit('usage: bin/draft-migration "what changes" | --first')
    draft(FIRST if words == ["--first"] else words[0], first=words == ["--first"])
