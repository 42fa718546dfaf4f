"""The command groups of ``flask``."""

import sys

import click
from flask import Flask
from flask.cli import AppGroup

from app import history
from app.checklists.cli import checklist
from app.demo.cli import demo
from app.migrations import migration_commands

history_commands = AppGroup("history", help="The record of every change.")


@history_commands.command("verify")
def verify() -> None:
    """Walk the whole chain; exit 1 and name every edit or gap."""
    found = list(history.breaks())
    for sentence in found:
        click.echo(sentence, err=True)
    click.echo("The history is whole." if not found else f"{len(found)} breaks.")
    sys.exit(bool(found))


def register(app: Flask) -> None:
    """Add the command groups to the application."""
    app.cli.add_command(history_commands)
    app.cli.add_command(checklist)
    app.cli.add_command(demo)
    app.cli.add_command(migration_commands)
