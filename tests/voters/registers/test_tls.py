"""Over TLS: the register shows a certificate that is checked, and asks for ours."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from esaylov.exchange.residents.head import read_head
from esaylov.voters.registers.contract import RegisterError
from esaylov.voters.registers.standin import StandIn
from esaylov.voters.registers.web import WebRegister
from tests.voters.registers.conftest import QUICK, offer_of, serving


def certificate(folder: Path, name: str, days: int = 1) -> tuple[str, str]:
    """A certificate that signs itself, for this machine, with its key: their files."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=10)).not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    paths[1].write_bytes(private)
    return str(paths[0]), str(paths[1])


@pytest.fixture
def server(folder: Path, tmp_path: Path) -> Iterator[StandIn]:
    """A register that asks for the certificate `ours`."""
    with serving(folder) as found:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate(tmp_path, "register"))
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificate(tmp_path, "ours")[0])
        found.socket = context.wrap_socket(found.socket, server_side=True)
        yield found


def register(
    server: StandIn, tmp_path: Path, ours: str | None = "ours", authority: str = "register"
) -> WebRegister:
    shown = (str(tmp_path / f"{ours}.pem"), str(tmp_path / f"{ours}.key")) if ours else None
    believed = str(tmp_path / f"{authority}.pem") if authority else ""
    address = server.address.replace("http:", "https:")
    return WebRegister("residence", address, certificate=shown, authority=believed, patience=QUICK)


def test_both_sides_show_who_they_are(server: StandIn, folder: Path, here: Path, tmp_path: Path) -> None:
    found = register(server, tmp_path)
    assert len(found.offers()) == 2
    found.bring(offer_of(folder / "2024-09-01"), here)
    assert read_head(here).rows == 2_000


@pytest.mark.parametrize(
    ("ours", "authority"), [(None, "register"), ("stranger", "register"), ("ours", ""), ("ours", "stranger")]
)
def test_who_is_not_known_gets_nothing(
    server: StandIn, tmp_path: Path, ours: str | None, authority: str
) -> None:
    """Neither is a register believed that nobody vouches for, nor do we come in without our certificate."""
    certificate(tmp_path, "stranger")
    with pytest.raises(RegisterError) as found:
        register(server, tmp_path, ours, authority).offers()
    assert found.value.code in ("refused", "unreachable", "cut")
    if authority != "register":
        assert found.value.code == "refused"


def test_a_certificate_of_ours_that_is_not_there(server: StandIn, tmp_path: Path) -> None:
    with pytest.raises(RegisterError) as found:
        register(server, tmp_path, "missing").offers()
    assert found.value.code == "settings"
