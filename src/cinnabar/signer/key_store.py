"""Where the keys of a generation are: in files, or in an HSM that a small file names.

`hsm.json` beside the place of the keys: module, token, pin_file and the ids of both keys. The
PIN itself is never in it.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cinnabar.kernel.canonical import canonical
from cinnabar.kernel.dice import Dice
from cinnabar.signer.files import GenerationPlaces
from cinnabar.signer.hsm import Hsm, TokenAddress
from cinnabar.signer.keys import (
    GenerationKeys,
    KeyUnusable,
    SigningKey,
    load_soft_key,
    new_key,
    private_pem,
    write_private,
)
from cinnabar.signer.pkcs11_key import Pkcs11Key, make_key

_ID = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class HsmFile:
    """What `hsm.json` says; ids are octets (CKA_ID)."""

    address: TokenAddress
    issuing: bytes
    ocsp: bytes

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return what is in `path`; raise `KeyUnusable`."""
        try:
            said = json.loads(path.read_bytes())
            return cls(
                address=TokenAddress(
                    module=Path(said["module"]),
                    token=said["token"],
                    pin_file=Path(said["pin_file"]),
                ),
                issuing=bytes.fromhex(said["issuing"]),
                ocsp=bytes.fromhex(said["ocsp"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as problem:
            msg = f"{path} does not say where the keys are: {problem}"
            raise KeyUnusable(msg) from problem

    def write(self, path: Path) -> None:
        """Write a new file."""
        said = {
            "module": str(self.address.module),
            "token": self.address.token,
            "pin_file": str(self.address.pin_file),
            "issuing": self.issuing.hex(),
            "ocsp": self.ocsp.hex(),
        }
        write_private(path, canonical(said) + b"\n")


def address_of(own: GenerationPlaces) -> TokenAddress | None:
    """Return the token a generation's keys are in, or None if they are files."""
    return HsmFile.read(own.hsm).address if own.hsm.exists() else None


def load_keys(own: GenerationPlaces) -> GenerationKeys:
    """Return the keys of a generation; raise `KeyUnusable`."""
    if not own.hsm.exists():
        return GenerationKeys(
            issuing=load_soft_key(own.issuing_key), ocsp=load_soft_key(own.ocsp_key)
        )
    file = HsmFile.read(own.hsm)
    hsm = Hsm(file.address)
    return GenerationKeys(issuing=Pkcs11Key(hsm, file.issuing), ocsp=Pkcs11Key(hsm, file.ocsp))


def make_keys(
    own: GenerationPlaces, generation: int, address: TokenAddress | None, dice: Dice
) -> GenerationKeys:
    """Make the keys of a generation, in files or at `address`; what is there already stays.

    The directory is there. Interrupted at any point, calling again makes the rest. Raises
    `KeyUnusable`.
    """
    if own.hsm.exists():
        return _make_in(HsmFile.read(own.hsm), generation)
    if address is None or own.issuing_key.exists():
        return GenerationKeys(issuing=_soft(own.issuing_key), ocsp=_soft(own.ocsp_key))
    file = HsmFile(address=address, issuing=dice.octets(_ID), ocsp=dice.octets(_ID))
    file.write(own.hsm)
    return _make_in(file, generation)


def _make_in(file: HsmFile, generation: int) -> GenerationKeys:
    hsm = Hsm(file.address)
    return GenerationKeys(
        issuing=make_key(hsm, file.issuing, f"cinnabar-issuing-{generation}"),
        ocsp=make_key(hsm, file.ocsp, f"cinnabar-ocsp-{generation}"),
    )


def _soft(path: Path) -> SigningKey:
    if not path.exists():
        write_private(path, private_pem(new_key()))
    return load_soft_key(path)
