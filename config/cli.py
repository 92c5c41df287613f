"""The `xinqiao` command: each domain adds its own words in its `cli.py`; only the one asked for is imported."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

# word → module that answers it; `rules` and `workdays` need no database and start without Django
COMMANDS = {
    "rules": "xinqiao.followup.cli",
    "workdays": "xinqiao.policy.cli",
    "synth": "xinqiao.synth.cli",
    "figures": "xinqiao.indicators.cli",
    "figures-keep": "xinqiao.indicators.cli",
    "figures-recount": "xinqiao.indicators.cli",
    "balance": "xinqiao.indicators.cli",
    "clocks": "xinqiao.clocks.cli",
    "places": "xinqiao.places.cli",
    "keys": "config.keys.cli",
    "opening": "xinqiao.opening.cli",
    "backup": "config.backup.cli",
    "restore": "config.backup.cli",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code (0 well, 1 something in the input erred, 2 wrong usage)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    # for the words that do need Django: nobody at a shell should have to know its settings' name
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    for stream in (sys.stdout, sys.stderr):
        # Chinese on any terminal; a lone surrogate from the input is written as its JSON escape
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    parser = argparse.ArgumentParser(prog="xinqiao", description="心桥：严重精神障碍患者社区随访服务")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    wanted = (
        [COMMANDS[words[0]]] if words and words[0] in COMMANDS else list(dict.fromkeys(COMMANDS.values()))
    )
    for name in wanted:
        importlib.import_module(name).add(subparsers)
    options = parser.parse_args(words)
    try:
        code = int(options.run(options) or 0)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # the reader went away (`| head`): nothing to say, and nothing more to flush
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


if __name__ == "__main__":
    raise SystemExit(main())
