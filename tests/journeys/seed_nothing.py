"""An empty database with a code to open it: prints the code."""

from __future__ import annotations


def main() -> None:
    """Make the code as the console would."""
    import django

    django.setup()

    from xinqiao.kernel.clock import from_environment
    from xinqiao.opening.actions import make_code

    print(make_code(clock=from_environment()))  # noqa: T201 -- this is a command


if __name__ == "__main__":
    main()
