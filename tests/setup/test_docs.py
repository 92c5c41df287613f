"""What `make docs` writes is committed as it would be written now."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from config.docs import GENERATORS
from config.setup.folders import ROOT


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda generator: generator[0])
def test_every_generated_file_is_up_to_date(generator: tuple[str, ...]) -> None:
    module = import_module(generator[0])
    target = ROOT / generator[1] if len(generator) > 1 else Path(module.TARGET)
    made = module.page() if hasattr(module, "page") else module.text()
    assert target.read_text(encoding="utf-8") == made, "run: make docs"


def test_every_module_that_writes_a_page_is_run_by_make_docs() -> None:
    writes = re.compile(r'if __name__ == "__main__":\n(?:(?:    .*)?\n)*?    .*\.write_text\(')
    found = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in (ROOT / "xinqiao").rglob("*.py")
        if writes.search(path.read_text(encoding="utf-8"))
    }
    assert found == {generator[0] for generator in GENERATORS}
