import re
from decimal import Decimal
from xml.etree import ElementTree

from xinqiao.web import charts

ROWS = [("习岗镇", "96.47 %", Decimal("0.9647")), ("<富兴街>", "—", None)]


def test_every_picture_is_well_formed_named_and_without_inline_style() -> None:
    drawn = [
        charts.bar(Decimal("0.5"), "管理率", "一半", target=0.9),
        charts.bars(ROWS, "管理率"),
        charts.sparkline([1.0, None, 2.0], "走势"),
        charts.sparkline([], "走势"),
        charts.tiles(ROWS, "管理率"),
        charts.tiles([], "管理率"),
    ]
    for picture in drawn:
        root = ElementTree.fromstring(str(picture))  # noqa: S314 — our own drawing
        ids = {element.get("id") for element in root}
        assert root.get("role") == "img"
        assert set((root.get("aria-labelledby") or "").split()) <= ids
        assert "style=" not in picture
    assert len({re.search(r'id="(c\d+t)"', str(p)).group(1) for p in drawn}) == len(drawn)  # type: ignore[union-attr]


def test_names_of_places_are_escaped() -> None:
    assert "&lt;富兴街&gt;" in charts.tiles(ROWS, "管理率")
    assert "<富兴街>" not in charts.bars(ROWS, "管理率")


def test_shades_have_five_steps_and_none_without_a_base() -> None:
    assert charts.step(None) == 0
    assert [charts.step(n / 10) for n in (0, 1, 2, 5, 9, 10)] == [1, 1, 2, 3, 5, 5]
    assert charts.step(0.8, low=0.8) == 1
    assert charts.step(1.4) == 5


def test_a_gap_in_the_series_is_a_gap_in_the_line() -> None:
    path = re.search(r'class="line" d="([^"]*)"', charts.sparkline([1.0, None, 2.0, 3.0], "走势"))
    assert path
    assert path.group(1).count("M") == 2
    assert path.group(1).count("L") == 1
