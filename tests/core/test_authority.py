"""The own authority: a browser that trusts it believes the right names and no others, and it stays the same."""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
import stat
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gridcase.core import addresses, authority
from gridcase.core.authority import Site, ready

NOW = datetime.now(UTC)  # the peer looks at the real clock
SITE = Site((ipaddress.ip_address("192.168.3.7"), ipaddress.ip_address("127.0.0.1")), ("localhost", "town-pc.local"))


def shake(folder: Path, host: str, trusted: bytes) -> str:
    """What a client that trusts `trusted` and wants `host` says: "" when it is content."""
    here, there = socket.socketpair()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / authority.SERVER_FILE)

    def serve() -> None:
        try:
            server.wrap_socket(there, server_side=True).close()
        except OSError:
            there.close()

    thread = threading.Thread(target=serve)
    thread.start()
    client = ssl.create_default_context(cadata=trusted)
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    try:
        client.wrap_socket(here, server_hostname=host).close()
        return ""
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    finally:
        here.close()
        thread.join()


@pytest.mark.parametrize("host", ["localhost", "town-pc.local", "127.0.0.1", "192.168.3.7"])
def test_a_client_that_trusts_the_authority_is_content(tmp_path: Path, host: str) -> None:
    https = ready(tmp_path, SITE, now=NOW)
    assert shake(tmp_path, host, https.authority) == ""


@pytest.mark.parametrize("host", ["example.com", "192.168.3.8", "town-pc.local.example.com"])
def test_another_host_is_refused(tmp_path: Path, host: str) -> None:
    https = ready(tmp_path, SITE, now=NOW)
    assert "mismatch" in shake(tmp_path, host, https.authority)


def test_who_does_not_trust_the_authority_refuses(tmp_path: Path) -> None:
    ready(tmp_path / "a", SITE, now=NOW)
    other = ready(tmp_path / "b", SITE, now=NOW)
    assert shake(tmp_path / "a", "localhost", other.authority) != ""


def test_the_authority_cannot_stand_in_for_other_sites(tmp_path: Path) -> None:
    """Whoever steals its key signs a bank's name with it: no phone believes that."""
    https = ready(tmp_path, SITE, now=NOW)
    pem = (tmp_path / "authority.pem").read_bytes()
    key = serialization.load_pem_private_key(pem, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    stolen = authority._server(key, x509.load_pem_x509_certificate(pem), Site((), ("bank.example.com",)), NOW)
    authority._write(tmp_path / authority.SERVER_FILE, *stolen)
    assert "permitted subtree violation" in shake(tmp_path, "bank.example.com", https.authority)


def test_a_second_start_keeps_everything(tmp_path: Path) -> None:
    first = ready(tmp_path, SITE, now=NOW)
    server = (tmp_path / authority.SERVER_FILE).read_bytes()
    assert ready(tmp_path, SITE, now=NOW + timedelta(days=300)) == first
    assert (tmp_path / authority.SERVER_FILE).read_bytes() == server


Change = Callable[[Path], tuple[Site, timedelta]]


def another_address(_folder: Path) -> tuple[Site, timedelta]:
    return Site((ipaddress.ip_address("10.0.0.9"),), SITE.names), timedelta()


def soon_over(_folder: Path) -> tuple[Site, timedelta]:
    return SITE, timedelta(days=370)


def by_another_authority(folder: Path) -> tuple[Site, timedelta]:
    ready(folder / "other", SITE, now=NOW)
    (folder / "other" / authority.SERVER_FILE).replace(folder / authority.SERVER_FILE)
    return SITE, timedelta()


def lost(folder: Path) -> tuple[Site, timedelta]:
    (folder / authority.SERVER_FILE).unlink()
    return SITE, timedelta()


@pytest.mark.parametrize("change", [another_address, soon_over, by_another_authority, lost])
def test_the_server_gets_a_new_certificate_and_phones_need_nothing(tmp_path: Path, change: Change) -> None:
    first = ready(tmp_path, SITE, now=NOW)
    site, later = change(tmp_path)
    before = (tmp_path / authority.SERVER_FILE).read_bytes() if (tmp_path / authority.SERVER_FILE).exists() else b""
    again = ready(tmp_path, site, now=NOW + later)
    assert again.authority == first.authority
    assert (tmp_path / authority.SERVER_FILE).read_bytes() != before
    if not later:
        assert shake(tmp_path, str(site.addresses[0]), first.authority) == ""


def test_it_names_only_what_the_authority_may_sign(tmp_path: Path) -> None:
    ready(tmp_path, SITE, now=NOW)
    moved = Site((*SITE.addresses, ipaddress.ip_address("198.51.100.4")), (*SITE.names, "grid.example.cn"))
    https = ready(tmp_path, moved, now=NOW)
    assert https.left_out == ("198.51.100.4", "grid.example.cn")
    assert https.site == SITE


def test_an_address_of_the_first_day_may_be_any(tmp_path: Path) -> None:
    site = Site((ipaddress.ip_address("198.51.100.4"),), ("grid.example.cn",))
    https = ready(tmp_path, site, now=NOW)
    assert https.left_out == ()
    assert shake(tmp_path, "198.51.100.4", https.authority) == ""


def test_keys_are_for_their_owner_and_live_as_long_as_said(tmp_path: Path) -> None:
    os.umask(0o022)
    folder = tmp_path / "https"
    https = ready(folder, SITE, now=NOW)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in ("authority.pem", authority.SERVER_FILE)} == {
        0o600
    }
    root = x509.load_der_x509_certificate(https.authority)
    server = x509.load_pem_x509_certificate((folder / authority.SERVER_FILE).read_bytes())
    assert (root.not_valid_after_utc - root.not_valid_before_utc).days == 3650
    assert (server.not_valid_after_utc - server.not_valid_before_utc).days == 397
    assert root.fingerprint(hashes.SHA256()).hex(":").upper() == https.fingerprint
    assert root.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == "gridcase"


def test_this_machine_knows_itself() -> None:
    assert ipaddress.ip_address("127.0.0.1") in addresses.reached_at("0.0.0.0")
    assert [str(one) for one in addresses.reached_at("10.1.2.3")] == ["10.1.2.3"]
    assert addresses.reached_at("0.0.0.0")[-1].is_loopback
    assert "localhost" in addresses.names()
