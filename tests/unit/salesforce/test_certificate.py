"""The certificate of the app: days left, whose key it is, and what is said about it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from console.errors import ConfigurationError
from console.salesforce.certificate import certificate_warning, read_certificate
from console.salesforce.keys import PrivateKey
from tests.unit.salesforce.scripted_org import START

NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "orgwatch")])


def certificate_of(
    public_key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
    signed_by: rsa.RSAPrivateKey,
    from_: datetime = START - timedelta(days=300),
    until: datetime = START + timedelta(days=65),
) -> x509.Certificate:
    builder = x509.CertificateBuilder(NAME, NAME, public_key, 1, from_, until)
    return builder.sign(signed_by, hashes.SHA256())


def written(path: Path, certificate: x509.Certificate) -> Path:
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize("encoding", [serialization.Encoding.PEM, serialization.Encoding.DER])
def test_days_left_and_whose_key_it_is(
    rsa_key: rsa.RSAPrivateKey, key: PrivateKey, tmp_path: Path, encoding: serialization.Encoding
) -> None:
    file = tmp_path / "app.crt"
    file.write_bytes(certificate_of(rsa_key.public_key(), rsa_key).public_bytes(encoding))
    facts = read_certificate(file, key)
    assert facts.matches_key
    assert facts.days_left(START) == 65
    assert certificate_warning(facts, START) is None


def test_what_is_worth_a_warning(
    rsa_key: rsa.RSAPrivateKey, key: PrivateKey, tmp_path: Path
) -> None:
    file = written(tmp_path / "app.crt", certificate_of(rsa_key.public_key(), rsa_key))
    facts = read_certificate(file, key)
    rows = {
        START + timedelta(days=36): "ends in 29 days",
        START + timedelta(days=70): "ended 5 days ago",
        START - timedelta(days=400): "not valid yet",
    }
    for moment, words in rows.items():
        warning = certificate_warning(facts, moment)
        assert warning is not None
        assert words in warning
        assert "What to do: " in warning


def test_a_certificate_of_another_key(
    rsa_key: rsa.RSAPrivateKey, key: PrivateKey, tmp_path: Path
) -> None:
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    file = written(tmp_path / "other.crt", certificate_of(other, rsa_key))
    facts = read_certificate(file, key)
    assert not facts.matches_key
    assert "does not belong" in (certificate_warning(facts, datetime.now(UTC)) or "")


def test_files_that_are_no_certificate(key: PrivateKey, pem: str, tmp_path: Path) -> None:
    file = tmp_path / "wrong"
    for content in (b"", b"\x00\xff", b"-----BEGIN CERTIFICATE-----\nMIID\n", pem.encode()):
        file.write_bytes(content)
        with pytest.raises(ConfigurationError) as caught:
            read_certificate(file, key)
        assert caught.value.title == "The certificate file holds no certificate"
    with pytest.raises(ConfigurationError) as caught:
        read_certificate(tmp_path / "missing", key)
    assert "certificate_file" in caught.value.meaning
