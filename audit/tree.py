"""The Merkle tree of RFC 9162, section 2.1 (the same hashes as RFC 6962): roots and proofs.

Pure functions over leaf hashes of 32 bytes. An index counts from 0, a size counts leaves.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Iterable, Sequence

from audit.errors import ProofError

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()  # RFC 9162, section 2.1.1


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256 of 0x00 and the entry (RFC 9162, section 2.1.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and both children (RFC 9162, section 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class CompactRange:
    """The right edge of a tree: roots of its perfect subtrees, largest first.

    It holds one hash for each set bit of the size, takes new leaves and tells the root.
    """

    __slots__ = ("_nodes", "_size")

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._size = 0

    @property
    def size(self) -> int:
        """Number of leaves taken so far."""
        return self._size

    def append(self, leaf: bytes) -> None:
        """Take the next leaf hash."""
        nodes, complete = self._nodes, self._size
        nodes.append(leaf)
        while complete & 1:
            right = nodes.pop()
            nodes[-1] = node_hash(nodes[-1], right)
            complete >>= 1
        self._size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Take leaf hashes in order."""
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> bytes:
        """Root over all leaves taken so far."""
        if not self._nodes:
            return EMPTY_ROOT
        root = self._nodes[-1]
        for node in reversed(self._nodes[:-1]):
            root = node_hash(node, root)
        return root

    def copy(self) -> CompactRange:
        """An independent range over the same leaves."""
        twin = CompactRange()
        twin._nodes, twin._size = list(self._nodes), self._size
        return twin

    def to_bytes(self) -> bytes:
        """Size (8 bytes, big-endian), then the hashes, largest subtree first."""
        return struct.pack(">Q", self._size) + b"".join(self._nodes)

    @classmethod
    def from_bytes(cls, data: bytes) -> CompactRange:
        """Inverse of `to_bytes`. ValueError when the number of hashes does not fit the size."""
        if len(data) < 8:
            raise ValueError("range.length")
        size: int = struct.unpack_from(">Q", data)[0]
        if len(data) != 8 + HASH_BYTES * size.bit_count():
            raise ValueError("range.length")
        made = cls()
        made._size = size
        made._nodes = [data[at : at + HASH_BYTES] for at in range(8, len(data), HASH_BYTES)]
        return made


def root(hashes: Iterable[bytes]) -> bytes:
    """Root over leaf hashes (RFC 9162, section 2.1.1)."""
    edge = CompactRange()
    edge.extend(hashes)
    return edge.root()


def _split(size: int) -> int:
    """Largest power of two smaller than `size`, for sizes from 2."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion(hashes: Sequence[bytes], idx: int, size: int) -> list[bytes]:
    """Path from leaf `idx` to the root of the first `size` leaves, lowest sibling first.

    RFC 9162, section 2.1.3.1. Costs about `size` hashes. ValueError outside 0 <= idx < size.
    """
    if not 0 <= idx < size <= len(hashes):
        raise ValueError("proof.range")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if idx < middle:
            path.append(root(hashes[middle:high]))
            high = middle
        else:
            path.append(root(hashes[low:middle]))
            low = middle
    return path[::-1]


def consistency(hashes: Sequence[bytes], old: int, new: int) -> list[bytes]:
    """Proof that the first `old` leaves begin the first `new` (RFC 9162, section 2.1.4.1).

    Empty for equal sizes and for `old` 0. ValueError outside 0 <= old <= new.
    """
    if not 0 <= old <= new <= len(hashes):
        raise ValueError("proof.range")
    if old in (0, new):
        return []
    path: list[bytes] = []
    low, high, known = 0, new, True
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(root(hashes[middle:high]))
            high = middle
        else:
            path.append(root(hashes[low:middle]))
            low, known = middle, False
    if not known:
        path.append(root(hashes[low:high]))
    return path[::-1]


def _same(left: bytes, right: bytes) -> bool:
    return hmac.compare_digest(left, right)


def verify_inclusion(leaf: bytes, idx: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """RFC 9162, section 2.1.3.2. Raises `ProofError` unless `path` leads from `leaf` to `root`."""
    if not 0 <= idx < size:
        raise ProofError("inclusion.range")
    fn, sn, reached = idx, size - 1, leaf
    for node in path:
        if sn == 0:
            raise ProofError("inclusion.length")
        if fn & 1 or fn == sn:
            reached = node_hash(node, reached)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            reached = node_hash(reached, node)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise ProofError("inclusion.length")
    if not _same(reached, root):
        raise ProofError("inclusion.root")


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> None:
    """RFC 9162, section 2.1.4.2. Raises `ProofError` unless the newer tree begins with the older.

    The RFC leaves size 0 open: here it has the empty root and an empty proof.
    """
    if not 0 <= old <= new:
        raise ProofError("consistency.range")
    if old in (0, new):
        expected = new_root if old == new else EMPTY_ROOT
        if path or not _same(old_root, expected):
            raise ProofError("consistency.root")
        return
    nodes = list(path)
    if old & (old - 1) == 0:
        nodes.insert(0, old_root)
    if not nodes:
        raise ProofError("consistency.length")
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = nodes[0]
    for node in nodes[1:]:
        if sn == 0:
            raise ProofError("consistency.length")
        if fn & 1 or fn == sn:
            first, second = node_hash(node, first), node_hash(node, second)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = node_hash(second, node)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise ProofError("consistency.length")
    if not (_same(first, old_root) and _same(second, new_root)):
        raise ProofError("consistency.root")
