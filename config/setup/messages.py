"""`python -m config.setup.messages`: collects the interface strings with Babel and compiles the catalogues.

Django's own makemessages drops some strings of Jinja2 templates in silence; Babel reads both kinds of file. Fuzzy
guesses are switched off: a wrong translation is worse than the Chinese source.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from config.setup.folders import ROOT

LOCALE = ROOT / "xinqiao" / "locale"
CATALOGUES = ("en",)
MAPPING = """\
[python: xinqiao/**.py]
[python: config/**.py]
[jinja2: xinqiao/**/jinja2/**.html]
[jinja2: xinqiao/**/jinja2/**.txt]
extensions = jinja2.ext.i18n
"""
KEYWORDS = ("gettext_lazy", "ngettext_lazy:1,2", "pgettext_lazy:1c,2", "_")


def main() -> int:
    babel = [sys.executable, "-m", "babel.messages.frontend"]
    with tempfile.TemporaryDirectory() as folder:
        mapping = Path(folder) / "mapping"
        mapping.write_text(MAPPING, encoding="utf-8")
        template = str(Path(folder) / "django.pot")
        extract = [
            *babel,
            "-q",
            "extract",
            "-F",
            str(mapping),
            "-o",
            template,
            "--no-location",
            "--sort-output",
        ]
        extract += [f"--keyword={keyword}" for keyword in KEYWORDS]
        extract += ["--project=xinqiao", "--omit-header", "."]
        steps = [extract]
        for language in CATALOGUES:
            exists = (LOCALE / language / "LC_MESSAGES" / "django.po").exists()
            verb = ["update", "--no-fuzzy-matching"] if exists else ["init"]
            steps.append(
                [*babel, "-q", *verb, "-D", "django", "-i", template, "-d", str(LOCALE), "-l", language]
            )
        steps.append([*babel, "-q", "compile", "-D", "django", "-d", str(LOCALE)])
        for step in steps:
            code = subprocess.run(step, cwd=ROOT, check=False).returncode
            if code:
                return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
