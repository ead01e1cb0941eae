"""A certificate authority of this installation, and the server's certificate by it: HTTPS where nobody buys one.

A phone that trusts the authority trusts every certificate by it. So the authority can sign for nothing but names and
addresses of inner networks and this machine's own (name constraints, RFC 5280 4.2.1.10), and its key stays in the
instance folder, readable by its owner only.
"""

from __future__ import annotations

import fcntl
import ipaddress
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gridcase.core.addresses import Address

AUTHORITY_DAYS = 3650
SERVER_DAYS = 397  # phones refuse longer ones: 398 days is the limit
SERVER_FILE = "server.pem"
RENEWED_BEFORE = timedelta(days=30)
BEGUN_BEFORE = timedelta(days=1)  # a phone whose clock is some hours slow has to believe it too
INNER_NAMES = ("localhost", "local", "lan", "internal", "home.arpa", "intranet")
INNER_NETWORKS = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")

Key = ec.EllipticCurvePrivateKey
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Site:
    """What the server's certificate stands for."""

    addresses: tuple[Address, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Https:
    """What a person is told about the files in place. `server.pem` holds the server's key and certificate together."""

    authority: bytes  # DER, what a phone installs
    fingerprint: str  # SHA-256 of it, in pairs
    site: Site  # what the certificate really names
    left_out: tuple[str, ...]  # what the authority may not sign: it was made when this was not known


def ready(folder: Path, site: Site, *, now: datetime) -> Https:
    """The authority and a certificate for `site`, made or renewed where needed; two processes at once do no harm."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        key, authority = _authority(folder, site, now)
        allowed = Site(
            tuple(one for one in site.addresses if _signs_address(authority, one)),
            tuple(one for one in site.names if _signs_name(authority, one)),
        )
        path = folder / SERVER_FILE
        if not _still_good(path, authority, allowed, now):
            _write(path, *_server(key, authority, allowed, now))
    left = [*(str(one) for one in site.addresses), *site.names]
    kept = {*(str(one) for one in allowed.addresses), *allowed.names}
    der = authority.public_bytes(serialization.Encoding.DER)
    digest = authority.fingerprint(hashes.SHA256()).hex(":").upper()
    return Https(der, digest, allowed, tuple(one for one in left if one not in kept))


def _authority(folder: Path, site: Site, now: datetime) -> tuple[Key, x509.Certificate]:
    """The one that stands, or a new one."""
    path = folder / "authority.pem"
    if path.exists():
        pem = path.read_bytes()
        key, certificate = serialization.load_pem_private_key(pem, password=None), x509.load_pem_x509_certificate(pem)
        if isinstance(key, ec.EllipticCurvePrivateKey) and now < certificate.not_valid_after_utc - RENEWED_BEFORE:
            return key, certificate
    key = ec.generate_private_key(ec.SECP256R1())
    # two installations in one town are two entries in a phone's list: each has a name of its own
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "gridcase"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"gridcase {site.names[-1]} {now:%Y-%m-%d}"[:64]),
        ]
    )
    certificate = (
        _begun(name, name, key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted_subtrees=_permitted(site), excluded_subtrees=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(path, key, certificate)
    return key, certificate


def _permitted(site: Site) -> list[x509.GeneralName]:
    networks = [ipaddress.ip_network(network) for network in INNER_NETWORKS]
    networks += [ipaddress.ip_network(one) for one in site.addresses if not any(one in network for network in networks)]
    return [
        *(x509.DNSName(name) for name in dict.fromkeys((*INNER_NAMES, *site.names))),
        *(x509.IPAddress(network) for network in networks),
    ]


def _server(
    key: Key, authority: x509.Certificate, site: Site, now: datetime
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    own = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gridcase")])
    certificate = (
        _begun(subject, authority.subject, own.public_key(), now, SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(_alternatives(site)), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return own, certificate


def _alternatives(site: Site) -> list[x509.GeneralName]:
    return [*(x509.DNSName(name) for name in site.names), *(x509.IPAddress(one) for one in site.addresses)]


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BEGUN_BEFORE)
        .not_valid_after(now - BEGUN_BEFORE + timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates, key_cert_sign=signs_certificates, crl_sign=signs_certificates,
        content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _constraints(authority: x509.Certificate) -> Iterable[x509.GeneralName]:
    return authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or ()


def _signs_name(authority: x509.Certificate, name: str) -> bool:
    permitted = [one.value for one in _constraints(authority) if isinstance(one, x509.DNSName)]
    return any(name == one or name.endswith(f".{one}") for one in permitted)


def _signs_address(authority: x509.Certificate, address: Address) -> bool:
    permitted = [one.value for one in _constraints(authority) if isinstance(one, x509.IPAddress)]
    return any(address in network for network in permitted if isinstance(network, Network))


def _still_good(path: Path, authority: x509.Certificate, site: Site, now: datetime) -> bool:
    """Whether the server's certificate names what it should, by this authority, for some time to come."""
    if not path.exists():
        return False
    standing = x509.load_pem_x509_certificate(path.read_bytes())
    named = standing.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    try:
        standing.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    begun, ends = standing.not_valid_before_utc, standing.not_valid_after_utc
    return set(named) == set(_alternatives(site)) and begun <= now < ends - RENEWED_BEFORE


def _write(path: Path, key: Key, certificate: x509.Certificate) -> None:
    """Key and certificate in one file that appears whole."""
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
