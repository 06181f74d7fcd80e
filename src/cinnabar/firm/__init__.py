"""The firm file: TOML in, a frozen value out that cannot be wrong (law 4)."""

from cinnabar.firm.faults import FirmFileError
from cinnabar.firm.load import load_firm, parse_firm, shipped
from cinnabar.firm.model import Firm

__all__ = ["Firm", "FirmFileError", "load_firm", "parse_firm", "shipped"]
