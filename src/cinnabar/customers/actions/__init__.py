"""What can be done to customers."""

from cinnabar.customers.actions.reseal import reseal
from cinnabar.customers.importing.run import Summary, import_file

__all__ = ["Summary", "import_file", "reseal"]
