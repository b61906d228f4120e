"""The flask commands: each parses, calls an operation, prints. `--json` where a program reads it."""

from flask import Flask

from service.cli import deadlines, filling, model, people, tables, understanding, watch

COMMANDS = (
    filling.seed, understanding.classify, understanding.facts, model.models, deadlines.deadline, people.users,
    people.token, tables.import_table, tables.export_table, deadlines.sweep, deadlines.limits, watch.figures,
    watch.audits, watch.examine, filling.demo, filling.simulate,
)  # fmt: skip


def register(app: Flask) -> None:
    """Add every command to an app."""
    for command in COMMANDS:
        app.cli.add_command(command)
