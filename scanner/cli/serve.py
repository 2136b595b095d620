"""serve: the history as a web page."""

import ipaddress
import os
import secrets
import sys
from typing import Annotated

import typer

from scanner.cli import options as o
from scanner.errors import UserError


def serve(
    history: o.History = None,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any that is free.")] = 8765,
    name: Annotated[
        list[str] | None,
        typer.Option(
            "--name", metavar="HOST", help="A name by which browsers reach it, behind a proxy. Repeatable."
        ),
    ] = None,
    rules: o.Rules = None,
    config: o.ConfigFile = None,
) -> None:
    """Show the history as a web page: read only, and for this machine only unless --host says otherwise.

    On another address than loopback every browser needs the token that is printed (or SUREFOOT_TOKEN, 16 characters
    or more). There is no TLS: put a proxy in front of it where others are on the network.

    Examples:
      surefoot serve --history history.db

      surefoot serve --host 0.0.0.0 --name audit.example.com
    """
    try:
        import uvicorn

        from scanner.serve.app import Pages, app
    except ImportError:
        raise UserError("serve needs the extra: pip install 'surefoot[serve]'") from None
    from scanner import frameworks
    from scanner.history.opening import open_history

    settings = o.configuration(config)
    where = o.history_of(settings, history)
    if where is None:
        raise UserError("which history? Give --history FILE|URL, or [history] `url` in surefoot.toml")
    local = _is_loopback(host)
    token = _token(local=local)
    packs, tuned = o.rules_of(settings, rules, None, None)
    own = [frameworks.load_framework(path, known_rules=packs.known_ids) for path in settings.frameworks]
    engine = open_history(where)
    given = {
        "rules": tuned,
        "frameworks": (*frameworks.frameworks(), *own),
        "code_url": settings.iac.url,
    }
    names = tuple(one.lower() for one in (name or ()))
    hosts = (*names, "localhost", "127.0.0.1", "::1") if local else names
    served = app(Pages(engine, given), token, hosts)
    running = uvicorn.Config(
        served, host=host, port=port, log_level="warning", access_log=False, server_header=False
    )
    server = uvicorn.Server(running)
    sockets = [running.bind_socket()]
    sockets[0].listen(64)  # who opens the address at once waits, and is not turned away
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{sockets[0].getsockname()[1]}/"
    sys.stdout.write(f"{address}{f'?token={token}' if token else ''}\n")
    sys.stdout.flush()
    try:
        server.run(sockets)
    finally:
        engine.dispose()


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _token(*, local: bool) -> str:
    """Return the token: the environment's, one made up for other addresses than loopback, or none. Raises UserError."""
    given = os.environ.get("SUREFOOT_TOKEN", "")
    if given and len(given) < 16:  # noqa: PLR2004 - short ones are guessed
        raise UserError("SUREFOOT_TOKEN: 16 characters at least")
    return given or ("" if local else secrets.token_urlsafe(24))
