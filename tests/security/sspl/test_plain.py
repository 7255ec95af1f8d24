"""Fields written plainly are read in one step, and never in another way than the full parser reads them."""

from typing import Any

import http_sf
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core_integrator.contracts.errors import SignatureMalformed
from security.sspl.plain import read_plain
from security.sspl.structured import parse_dictionary
from tests.security.sspl.signing import Call, v3
from tests.security.sspl.test_mutations import texts

WRITTEN = [
    'sspl=("@method" "content-type");created=1795000000;nonce="abc";keyid="a-b";alg="ed25519";tag="sspl-v3"',
    "sspl=:AAECAwQFBgcICQoLDA0ODw==:",
    "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
]


def refused(key: str, kind: str) -> None:
    """Refuse what comes twice."""
    raise ValueError(key, kind)


def by_the_full_parser(value: str) -> Any:
    """Return what the full parser reads; none if it refuses."""
    try:
        return http_sf.parse(value.encode("ascii"), tltype="dictionary", on_duplicate_key=refused)
    except (ValueError, OverflowError):
        return None


def by_us(value: str) -> Any:
    """Return what we read; none if we refuse."""
    try:
        return parse_dictionary(value, "Signature-Input")
    except SignatureMalformed:
        return None


def typed(value: Any) -> Any:
    """Return a value with the kinds of its parts, where 1 is not true and a token no text."""
    if isinstance(value, dict):
        return {key: typed(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [typed(part) for part in value]
    return type(value), value


@given(st.one_of(*(st.sampled_from(WRITTEN).flatmap(texts) for _ in range(3)), *map(texts, WRITTEN)))
@example('a=("b");c=1;c=2')
@example('a=("b" "b");c=01')
@example('a=("b");c=1000000000000000')
@example('a=("b");c="\\""')
@example("a=:AAE=:;b=1")
@example("a=:AAF=:")
@example("a=:AAE:")
@example("a=::")
@example("a=()")
@example('a=("b"\n)')
@example('a=("b");c=1\n')
def test_whatever_is_written_is_read_as_the_full_parser_reads_it(value: str) -> None:
    """A signature that two readers read differently protects nobody."""
    assert typed(by_us(value)) == typed(by_the_full_parser(value))


@pytest.mark.parametrize("name", ["Signature-Input", "Signature", "Content-Digest"])
def test_what_our_clients_send_is_plain(name: str) -> None:
    """The full parser takes longer than the signature's check."""
    sent = v3(Call(), covers="content-type").headers

    assert read_plain(next(value for key, value in sent if key == name)) is not None
