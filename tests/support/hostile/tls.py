"""TLS listeners with good and bad certificates, all for `localhost`."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

AUTHORITY = "authority.pem"  # what a client has to trust for `trusted` to be valid


def contexts(folder: Path) -> dict[str, ssl.SSLContext]:
    """Server contexts by what is wrong with their certificate; the files lie in `folder`."""
    now = datetime.now(UTC)
    day = timedelta(days=1)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("Test authority", authority_key, None, now - day, now + day)
    (folder / AUTHORITY).write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    signed_by = (authority, authority_key)
    spans = {
        "trusted": ("localhost", signed_by, now - day, now + day),
        "expired": ("localhost", signed_by, now - 9 * day, now - day),
        "not_yet_valid": ("localhost", signed_by, now + day, now + 9 * day),
        "of_another_host": ("other.test", signed_by, now - day, now + day),
        "self_signed": ("localhost", None, now - day, now + day),
    }
    made = {}
    for name, (host, signer, start, end) in spans.items():
        key = ec.generate_private_key(ec.SECP256R1())
        made[name] = _context(
            folder / f"{name}.pem", _certificate(host, key, signer, start, end), key
        )
    return made


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    signer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None,
    start: datetime,
    end: datetime,
) -> x509.Certificate:
    """A certificate for `name`, signed by `signer` or by itself."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, signing_key = (signer[0].subject, signer[1]) if signer else (subject, key)
    is_authority = name == "Test authority"
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()),
            critical=False,
        )
        .sign(signing_key, hashes.SHA256())
    )


def _context(
    file: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey
) -> ssl.SSLContext:
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
