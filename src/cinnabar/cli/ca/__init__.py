"""`cinnabar ca`: the firm's certification authority."""

import click

from cinnabar.cli.ca import ceremony, rollover
from cinnabar.cli.ca.root_list import root_crl


@click.group("ca", short_help="Make and look after the certification authority.")
def ca_group() -> None:
    """Make and look after the firm's certification authority."""


for verb in (
    ceremony.init,
    root_crl,
    ceremony.resume,
    rollover.root,
    rollover.request,
    rollover.sign_request,
    rollover.adopt,
):
    ca_group.add_command(verb)

command = ca_group
