"""`cinnabar doctor`: is everything well, what will end when, and what to do about it."""

import json

import click

from cinnabar.cli import ready, world


@click.command("doctor", short_help="Say what is not well, what will end, and what to do.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Look at everything of this installation that can end, fill up or stand still.

    One line each. Ends with 0 if all is well, 1 with warnings, 2 if something is bad. Changes
    nothing; needs the rights of the worker's user.
    """
    options, env = ready(), world()
    from cinnabar.config.doctor import examine
    from cinnabar.config.doctor.check import EXIT_CODES, worst

    checks = examine(options, env)
    level = worst([check.level for check in checks])
    if as_json:
        told = [{"name": c.name, "level": c.level, "says": c.says, "next": c.next} for c in checks]
        click.echo(json.dumps({"level": level, "checks": told}, ensure_ascii=False, indent=2))
    else:
        for check in checks:
            step = f" {check.next}" if check.next else ""
            click.echo(f"{check.level:<5} {check.name}: {check.says}.{step}")
    ctx.exit(EXIT_CODES[level])
