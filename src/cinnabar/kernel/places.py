"""Where a network is, from a file that the operator puts in; nobody outside is asked.

A CSV file in UTF-8: the first line `network,<language>,<language>…`, then one line for each
network: `203.0.113.0/24,台北,Taipei`. The narrowest network that holds an address counts.
"""

import csv
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Protocol

_NETWORK = "network"


class PlacesFileError(ValueError):
    """The file cannot be used; the message says which line and why."""


class Places(Protocol):
    """Knows where some networks are."""

    def of(self, address: str, language: str) -> str:
        """Return the place of an address in a language, "" if it is not known."""
        ...


class PlacesFile:
    """The networks of one file, read whole when it is opened: a new one comes with a restart."""

    def __init__(self, path: Path) -> None:
        """Read the file; raise `PlacesFileError` or `OSError`."""
        self._by_length: dict[tuple[int, int], dict[int, Mapping[str, str]]] = {}
        with path.open(encoding="utf-8", newline="") as file:
            try:
                self._read(csv.DictReader(file, strict=True))
            except (csv.Error, UnicodeDecodeError) as problem:
                msg = f"{path} is no CSV file in UTF-8: {problem}"
                raise PlacesFileError(msg) from None
            except PlacesFileError as problem:
                msg = f"{path}, {problem}"
                raise PlacesFileError(msg) from None
        self._lengths = sorted(self._by_length, reverse=True)

    def of(self, address: str, language: str) -> str:
        """Return the place of an address or network in a language, "" if it is not known."""
        try:
            found = ip_network(address, strict=False)
        except ValueError:
            return ""
        whole = int(found.network_address)
        for version, length in self._lengths:
            if version != found.version or length > found.prefixlen:
                continue
            names = self._by_length[version, length].get(whole >> found.max_prefixlen - length)
            if names is not None:
                return names.get(language, "")
        return ""

    def _read(self, lines: "csv.DictReader[str]") -> None:
        if not lines.fieldnames or lines.fieldnames[0] != _NETWORK:
            msg = f"line 1: the first column is {_NETWORK!r}, the others are languages"
            raise PlacesFileError(msg)
        for line in lines:
            try:
                network = ip_network((line.pop(_NETWORK) or "").strip())
            except ValueError as problem:
                msg = f"line {lines.line_num}: {problem}"
                raise PlacesFileError(msg) from None
            if None in line or None in line.values():
                msg = f"line {lines.line_num}: a place for each language of line 1"
                raise PlacesFileError(msg)
            shorter = int(network.network_address) >> network.max_prefixlen - network.prefixlen
            table = self._by_length.setdefault((network.version, network.prefixlen), {})
            table[shorter] = dict(line)
