"""Roots and proofs against the RFC's own vectors and against pymerkle."""

from __future__ import annotations

import hashlib

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import tree
from audit.errors import ProofError

# Leaves and roots of the Certificate Transparency reference tests (RFC 6962).
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
MOST = 40


def entries(count: int) -> list[bytes]:
    return [b"entry %d" % number for number in range(count)]


def hashes(count: int) -> list[bytes]:
    return [tree.leaf_hash(entry) for entry in entries(count)]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_reference_tests(size):
    assert tree.root(tree.leaf_hash(entry) for entry in ENTRIES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize("size", [*range(1, 34), 255, 256, 257])
def test_root_and_proofs_are_those_of_pymerkle(size):
    twin = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in entries(size):
        twin.append_entry(entry)
    leaves = hashes(size)
    assert tree.root(leaves) == twin.get_root(size)
    for idx in {0, size // 3, size // 2, size - 1}:
        expected = twin.prove_inclusion(idx + 1, size).path
        assert [leaves[idx], *tree.inclusion(leaves, idx, size)] == expected
    for old in {1, size // 2 or 1, size - 1 or 1}:
        # Its consistency paths are longer than the RFC's: claims are compared, not bytes.
        proof = twin.prove_consistency(old, size)
        pymerkle.verify_consistency(tree.root(leaves[:old]), tree.root(leaves), proof)


def subproof(leaves: list[bytes], old: int, is_whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162, section 2.1.4.1, word for word."""
    if old == len(leaves):
        return [] if is_whole else [tree.root(leaves)]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if old <= half:
        return [*subproof(leaves[:half], old, is_whole), tree.root(leaves[half:])]
    return [*subproof(leaves[half:], old - half, False), tree.root(leaves[:half])]


@pytest.mark.parametrize("new", range(1, MOST))
def test_consistency_proofs_are_those_of_the_rfc(new):
    leaves = hashes(new)
    for old in range(1, new + 1):
        assert tree.consistency(leaves, old, new) == subproof(leaves, old, True)


@pytest.mark.parametrize("size", range(1, MOST))
def test_every_leaf_is_proved_and_no_other_passes(size):
    leaves = hashes(size)
    root = tree.root(leaves)
    for idx in range(size):
        path = tree.inclusion(leaves, idx, size)
        tree.verify_inclusion(leaves[idx], idx, size, path, root)
        for wrong in (
            (tree.leaf_hash(b"foreign"), idx, size, path, root),
            (leaves[idx], (idx + 1) % size if size > 1 else size, size, path, root),
            (leaves[idx], idx, size, [*path, root], root),
            (leaves[idx], idx, size, path, tree.EMPTY_ROOT),
            *([(leaves[idx], idx, size, path[:-1], root)] if path else []),
        ):
            with pytest.raises(ProofError):
                tree.verify_inclusion(*wrong)


@pytest.mark.parametrize("new", range(MOST))
def test_every_older_tree_is_proved_and_no_other_passes(new):
    leaves = hashes(new)
    roots = [tree.root(leaves[:size]) for size in range(new + 1)]
    for old in range(new + 1):
        path = tree.consistency(leaves, old, new)
        tree.verify_consistency(old, new, roots[old], roots[new], path)
        foreign = hashlib.sha256(b"foreign").digest()
        wrong = [
            (old, new, foreign, roots[new], path),
            (old, new, roots[old], roots[new], [*path, foreign]),
            (new + 1, new, roots[old], roots[new], path),
        ]
        if old:
            wrong.append((old, new, roots[old], foreign, path))
        if path:
            wrong += [
                (old, new, roots[old], roots[new], path[:-1]),
                (old, new, roots[old], roots[new], []),
                (old, new, roots[old], roots[new], [foreign, *path[1:]]),
            ]
        for arguments in wrong:
            with pytest.raises(ProofError):
                tree.verify_consistency(*arguments)


@pytest.mark.parametrize(
    ("ask", "arguments"),
    [
        pytest.param(tree.inclusion, (3, 3), id="leaf beyond the tree"),
        pytest.param(tree.inclusion, (-1, 3), id="leaf before the tree"),
        pytest.param(tree.inclusion, (0, 5), id="tree longer than the leaves"),
        pytest.param(tree.consistency, (3, 2), id="older is longer"),
        pytest.param(tree.consistency, (2, 5), id="newer than the leaves"),
        pytest.param(tree.consistency, (-1, 2), id="negative"),
    ],
)
def test_a_proof_out_of_range_is_not_made(ask, arguments):
    with pytest.raises(ValueError, match=r"proof\.range"):
        ask(hashes(4), *arguments)


@given(st.integers(0, 300), st.integers(0, 300))
def test_an_edge_goes_on_where_it_was_stored(first, second):
    leaves = hashes(first + second)
    edge = tree.CompactRange()
    edge.extend(leaves[:first])
    resumed = tree.CompactRange.from_bytes(edge.to_bytes())
    twin = resumed.copy()
    resumed.extend(leaves[first:])
    assert (resumed.size, resumed.root()) == (first + second, tree.root(leaves))
    assert (twin.size, twin.root()) == (first, edge.root())


@pytest.mark.parametrize(
    "change", [b"", b"\0" * 7, b"\0" * 8 + b"x", b"\0" * 7 + b"\3" + b"x" * 32]
)
def test_an_edge_of_another_length_is_refused(change):
    with pytest.raises(ValueError, match=r"range\.length"):
        tree.CompactRange.from_bytes(change)
