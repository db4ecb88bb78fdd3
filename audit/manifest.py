"""The first file of a pack: what the pack says it holds. All of it is checked against the rest.

Canonical JSON: `bodies`, `checkpoints` (sizes of the earlier ones, rising), `format`, `log`,
`root` (hex), `scope` (school UUID, or null for the whole log), `size`.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from audit.errors import PackError
from crypto import canonical

FORMAT = "auditpack/1"
MAX_MANIFEST_BYTES = 64 * 1024
# Names inside the pack, in their only order; earlier checkpoints stand after CHECKPOINT.
MANIFEST, CHECKPOINT, LEAVES, BODIES = "manifest.json", "checkpoint", "leaves", "bodies"


def checkpoint_name(size: int) -> str:
    """Name of an earlier checkpoint inside the pack."""
    return f"checkpoints/{size}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """`scope` None: bodies of the whole log; else of one school, the others stay hashes."""

    log: str
    size: int
    root: bytes
    scope: UUID | None
    bodies: int
    checkpoints: tuple[int, ...]

    def names(self) -> list[str]:
        """All files of the pack in order."""
        earlier = [checkpoint_name(size) for size in self.checkpoints]
        return [MANIFEST, CHECKPOINT, *earlier, LEAVES, BODIES]

    def encode(self) -> bytes:
        """The bytes in the pack."""
        return canonical.dumps(
            {
                "format": FORMAT,
                "log": self.log,
                "size": self.size,
                "root": self.root.hex(),
                "scope": None if self.scope is None else str(self.scope),
                "bodies": self.bodies,
                "checkpoints": list(self.checkpoints),
            }
        )

    @classmethod
    def decode(cls, data: bytes) -> Manifest:
        """Inverse of `encode`. Raises `PackError` for any other spelling."""
        try:
            found = canonical.loads(data)
            if not isinstance(found, dict):
                raise TypeError("manifest")
            made = cls(
                log=found["log"],
                size=found["size"],
                root=bytes.fromhex(found["root"]),
                scope=None if found["scope"] is None else UUID(found["scope"]),
                bodies=found["bodies"],
                checkpoints=tuple(found["checkpoints"]),
            )
            numbers = (made.size, made.bodies, *made.checkpoints)
            # `type`, not isinstance: JSON true would pass for the number 1.
            if any(type(one) is not int for one in numbers) or made.encode() != data:
                raise ValueError("manifest")
        except (KeyError, TypeError, ValueError, AttributeError):
            raise PackError("manifest.form") from None
        return made
