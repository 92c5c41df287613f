from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from xinqiao.web import messages


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small project with a template and a module."""
    page = tmp_path / "xinqiao/app/jinja2/app/page.html"
    page.parent.mkdir(parents=True)
    page.write_text(
        '{# _("注释") #}<p>{{ _("今日应访") }}</p>{{ ngettext("%(num)s 人", "%(num)s 人", 3) }}裸字',
        encoding="utf-8",
    )
    (tmp_path / "xinqiao/app/views.py").write_text(
        '"""_("文档")"""\nTITLE = _("患者")  # _("旁注")\n', encoding="utf-8"
    )
    return tmp_path


def test_the_catalogue_of_this_tree_is_whole() -> None:
    assert messages.problems_of(messages.read()) == []


def test_templates_show_no_chinese_outside_the_catalogue() -> None:
    allowed = {"患者", "本系统"}  # a key of a room and of a source, compared and never shown
    assert [line for line in messages.bare() if line.rsplit(": ", 1)[1] not in allowed] == []


def test_strings_are_found_in_templates_and_modules_and_not_in_comments(tree: Path) -> None:
    found = {one.message if isinstance(one.message, str) else one.message[0] for one in messages.found(tree)}
    assert found == {"今日应访", "%(num)s 人", "患者"}
    assert messages.dropped(tree) == []
    assert [line.rsplit(": ", 1)[1] for line in messages.bare(tree)] == ["裸字"]


def test_a_string_the_extractor_cannot_read_is_reported(tree: Path) -> None:
    (tree / "xinqiao/app/forms.py").write_text(
        'A = _(f"共 {n} 人")\nB = _("共 %s 人" % n)\n', encoding="utf-8"
    )
    problems = messages.dropped(tree)
    assert any("forms.py:1" in problem for problem in problems)
    assert any("forms.py:2" in problem for problem in problems)


def test_more_marked_calls_than_extracted_strings_is_a_failure(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = list(messages.found(tree))
    monkeypatch.setattr(messages, "found", lambda root: iter(everything[1:]))
    assert len(messages.dropped(tree)) == 1


def test_a_missing_string_a_missing_translation_and_a_lost_placeholder_are_three_problems(
    tree: Path, tmp_path: Path
) -> None:
    po = tmp_path / "en.po"
    catalog = messages.extract(po, tree)
    for message in catalog:
        if message.id:
            message.string = "person" if isinstance(message.id, str) else ("one person", "%(num)s people")
    (tree / "xinqiao/app/late.py").write_text('X = _("新词")\n', encoding="utf-8")
    catalog.get("患者").string = ""  # type: ignore[union-attr]
    problems = [problem.split(": ", 1)[1] for problem in messages.problems_of(catalog, tree)]
    assert "not in the catalogue: 新词" in problems
    assert "no translation: 患者" in problems
    assert any(problem.startswith("placeholders differ: %(num)s 人") for problem in problems)
    assert "no translation: 今日应访" not in problems


def test_extracting_again_keeps_translations_and_changes_nothing_else(tree: Path, tmp_path: Path) -> None:
    po = tmp_path / "en.po"
    messages.extract(po, tree)
    po.write_text(
        po.read_text(encoding="utf-8").replace('msgid "患者"\nmsgstr ""', 'msgid "患者"\nmsgstr "People"'),
        encoding="utf-8",
    )
    before = po.read_bytes()
    messages.extract(po, tree)
    assert po.read_bytes() == before
    with po.open("rb") as file:
        assert read_po(file).get("患者").string == "People"  # type: ignore[union-attr]
