"""Puts every command on the app; a command's own imports wait until it runs."""

import typer

from scanner.cli import (
    anonymize,
    evidence,
    exposure,
    history,
    hosts,
    inspect,
    known,
    probe,
    rules,
    runs,
    sarif,
    scan,
    serve,
)


def register(app: typer.Typer) -> None:
    """Add all commands, in the order in which `--help` shows them."""
    if app.registered_commands:
        return
    app.command("scan")(scan.scan)
    app.command("collect")(scan.collect)
    app.command("evaluate")(scan.evaluate)
    app.command("merge")(runs.merge)
    app.command("runs")(runs.runs)
    app.command("explain")(inspect.explain)
    app.command("diff")(known.diff)
    app.command("waive")(known.waive)
    app.command("where")(known.where)
    app.command("anonymize")(anonymize.anonymize)
    app.add_typer(history.app, name="history")
    app.command("evidence")(evidence.evidence)
    app.command("serve")(serve.serve)
    app.command("exposure")(exposure.exposure)
    app.command("reach")(exposure.reach)
    app.add_typer(rules.app, name="rules")
    app.command("probe")(probe.probe)
    app.command("hosts")(hosts.hosts)
    app.command("permissions")(inspect.permissions)
    app.command("doctor")(inspect.doctor)
    app.add_typer(sarif.app, name="sarif")
    app.add_typer(inspect.config_app, name="config")
    app.command("demo")(scan.demo)
    app.command("version")(inspect.version)
