"""`python -m config.setup.assets`: copies what the browser needs from `node_modules/` to `var/assets/vendor/`.

Third-party files are never pasted into the repository: npm brings them, pinned by hash, and this copies the few that
are needed. Standard library only.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from config.setup.folders import ROOT, SetupProblem, var

MODULES = ROOT / "node_modules"
ICONS = (Path(__file__).with_name("icons.txt"), *sorted(ROOT.glob("xinqiao/*/icons.txt")))
COPIES = {
    "htmx.org/dist/htmx.min.js": "htmx.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    "@tabler/icons/LICENSE": "icons.LICENSE.txt",
}
#: What papers are set in: two weights of one serif that knows rare characters. Not served to browsers.
FONTS = {
    "@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf": "NotoSerifSC-Regular.ttf",
    "@expo-google-fonts/noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf": "NotoSerifSC-Bold.ttf",
}


def icon_names() -> list[str]:
    """What the common list and each app's own `icons.txt` ask for."""
    lines = [line for path in ICONS for line in path.read_text(encoding="utf-8").splitlines()]
    return sorted({line.strip() for line in lines if line.strip() and not line.startswith("#")})


def sprite(names: list[str], folder: Path) -> str:
    """One SVG with a `<symbol>` per icon; SetupProblem names the icons that the package does not have."""
    symbols, absent = [], []
    for name in names:
        path = folder / f"{name}.svg"
        if not path.exists():
            absent.append(name)
            continue
        inner = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(encoding="utf-8"), re.DOTALL)
        assert inner is not None, path
        # The package draws an invisible square below each icon for its editor; it would only weigh.
        drawing = re.sub(r'<path stroke="none"[^>]*/>', "", " ".join(inner.group(1).split())).strip()
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'
            f' stroke-linecap="round" stroke-linejoin="round">{drawing}</symbol>'
        )
    if absent:
        raise SetupProblem(f"icons.txt names icons that the package does not have: {', '.join(absent)}.")
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def copy(target: Path | None = None) -> int:
    """Fill the vendor folder; returns the number of files written."""
    if not MODULES.is_dir():
        raise SetupProblem(
            "node_modules is missing: run `npm ci --ignore-scripts` (Node 20), or `make assets`."
        )
    vendor = target or var() / "assets" / "vendor"
    vendor.mkdir(parents=True, exist_ok=True)
    for source, name in COPIES.items():
        shutil.copyfile(MODULES / source, vendor / name)
    drawn = sprite(icon_names(), MODULES / "@tabler" / "icons" / "icons" / "outline")
    (vendor / "icons.svg").write_text(drawn, encoding="utf-8")
    fonts = vendor.parent / "fonts"
    fonts.mkdir(exist_ok=True)
    for source, name in FONTS.items():
        (fonts / name).unlink(missing_ok=True)
        # Fifteen megabytes each: a second name for the same file where the folders share a disk.
        try:
            (fonts / name).hardlink_to(MODULES / source)
        except OSError:
            shutil.copyfile(MODULES / source, fonts / name)
    return len(COPIES) + len(FONTS) + 1


def main() -> int:
    try:
        written = copy()
    except (SetupProblem, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"{written} files in {var() / 'assets' / 'vendor'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
