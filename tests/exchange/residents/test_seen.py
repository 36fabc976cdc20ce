"""Which keys came before: exactly what a set would tell."""

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from esaylov.exchange.residents.places import Addresses
from esaylov.exchange.residents.seen import Seen

BATCHES = st.lists(st.lists(st.integers(0, 60) | st.integers(0, 2**63), max_size=30), max_size=8)


def told(known, batch):
    found = []
    for key in batch:
        found.append(bool(key) and key in known)
        known.add(key)
    return found


@given(BATCHES)
def test_numbers(batches):
    seen, known = Seen(), set()
    for batch in batches:
        assert seen.repeated(np.array(batch, dtype=np.uint64)).tolist() == told(known, batch)


def test_it_grows_and_forgets_nothing():
    seen = Seen(10)
    numbers = np.random.default_rng(1).permutation(200_000).astype(np.uint64) + np.uint64(1)
    for piece in np.split(numbers, 20):
        assert not seen.repeated(piece).any()
    assert seen.repeated(numbers).all()
    assert seen.count == 200_000


def test_memory_for_a_whole_country():
    people, documents = Seen(20_000_000), Seen(20_000_000)
    assert people.nbytes + documents.nbytes <= 700_000_000


def test_addresses_are_found_by_their_key():
    first = pl.DataFrame({"mahalla": ["1", "1"], "street_key": ["a", "b"], "house": ["1", "1"]})
    addresses = Addresses([first, first.head(1).with_columns(house=pl.lit("2"))])
    asked = pl.DataFrame(
        {"mahalla": ["1", "1", "2", "1"], "street_key": ["a", "a", "a", "b"], "house": ["2", "1", "1", "3"]}
    )
    assert addresses.known(asked).to_list() == [True, True, False, False]
    assert addresses.place(asked).to_list() == [2, 0, None, None]
    assert Addresses([]).known(asked).to_list() == [False] * 4
    assert Addresses([]).place(asked).to_list() == [None] * 4
