"""The key that signs checkpoints: an Ed25519 key in the data folder, made when it is first used."""

import os
import secrets
from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from storage.problems import Invalid, Unavailable

KEY_FILE = "checkpoint-key.pem"


def key_in(folder: Path) -> Ed25519PrivateKey:
    """The key of the index in *folder*. Raises Unavailable if it can be neither read nor made."""
    path = folder / KEY_FILE
    try:
        if not path.exists():
            _make(path)
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        said = f"The key {path} cannot be read or made: {error.strerror}."
        raise Unavailable(said) from error
    except ValueError as error:
        raise Unavailable(f"The file {path} holds no key.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Unavailable(f"The key {path} is not an Ed25519 key.")
    return key


def public_half(key: Ed25519PrivateKey) -> str:
    """What everybody may know of the key, and proves its signatures: 32 bytes in base64."""
    return b64encode(key.public_key().public_bytes_raw()).decode()


def signature(key: Ed25519PrivateKey, content: bytes) -> str:
    """The signature of *content*, in base64."""
    return b64encode(key.sign(content)).decode()


def is_signed(content: bytes, signed: str, *, public: str) -> bool:
    """Whether *signed* is the signature of *content*. Raises Invalid if *public* is no key."""
    try:
        key = Ed25519PublicKey.from_public_bytes(b64decode(public, validate=True))
    except ValueError as error:
        hint = "It is what bascule journal key prints."
        raise Invalid("The public key is not 32 bytes in base64.", hint=hint) from error
    try:
        key.verify(b64decode(signed, validate=True), content)
    except (ValueError, InvalidSignature):
        return False
    return True


def _make(path: Path) -> None:
    text = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass  # Somebody else made it in this moment, and theirs is the key.
    finally:
        draft.unlink(missing_ok=True)
