#!/usr/bin/env python
"""Django's commands. `xinqiao …` is the product's own command line."""

import os
import sys


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.setup.folders import SetupProblem

    try:
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
    except SetupProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    except Exception as problem:
        from django.db import OperationalError

        if not isinstance(problem, OperationalError):
            raise
        from config.database import require

        try:
            known = require()
        except SetupProblem as missing:
            print(missing, file=sys.stderr)
        else:
            print(
                f"The database at {known.host} does not answer; start it with `make demo` or"
                f" `python -m config.setup.postgres start` ({type(problem).__name__}).",
                file=sys.stderr,
            )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
