"""`xinqiao opening code`: a new one-time code, on this terminal only."""

from __future__ import annotations

import argparse
import sys
from typing import Any


def add(subparsers: Any) -> None:
    """Register `opening` with its verb."""
    opening = subparsers.add_parser("opening", help="第一次使用：开通码")
    verbs = opening.add_subparsers(dest="verb", required=True)
    verbs.add_parser("code", help="生成新的开通码（只在还没有任何账号时）").set_defaults(run=code)


def code(options: argparse.Namespace) -> int:
    """Print a new code; 1 once an account exists."""
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
    from xinqiao.kernel.clock import from_environment
    from xinqiao.kernel.errors import NotFound

    from .actions import make_code

    try:
        made = make_code(clock=from_environment())
    except NotFound:
        print("已经有账号，开通页面已关闭；新账号由系统管理员开通。", file=sys.stderr)
        return 1
    print(f"开通码 {made}")
    print("24 小时内在浏览器打开本系统时输入，只能用一次；以前的开通码已作废。")
    return 0
