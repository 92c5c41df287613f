from __future__ import annotations

import io
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from xinqiao.audit.models import Event
from xinqiao.interchange.models import Batch, Row
from xinqiao.registry.models import Person

from .books import book, person, visit


def send(client: Client, data: bytes, name: str = "x.xlsx"):
    return client.post(reverse("interchange:upload"), {"file": SimpleUploadedFile(name, data)})


def only() -> Batch:
    return Batch.objects.latest("created_at", "id")


def at(name: str) -> str:
    return reverse(f"interchange:{name}", args=[only().pk])


def test_a_small_file_goes_from_upload_to_receipt(signed_in) -> None:
    client = signed_in("county")
    one = person(1)
    answer = send(client, book({"people": [one], "visits": [visit(one["id_number"])]}))
    assert answer.url == at("batch")
    page = client.get(at("batch")).content.decode()
    assert "没有问题，可以导入" in page
    client.post(at("commit"))
    page = client.get(at("batch")).content.decode()
    assert "新增患者 1 人、随访 1 次" in page
    assert one["name"] in page
    assert Person.objects.count() == 1


def test_a_second_press_on_commit_imports_once(signed_in) -> None:
    client = signed_in("county")
    send(client, book({"people": [person(1)]}))
    assert client.post(at("commit")).status_code == 302
    assert client.post(at("commit")).status_code == 302
    assert Person.objects.count() == 1
    assert Event.objects.filter(action="import_commit").count() == 1


def test_problems_are_shown_with_their_place_and_put_right_on_the_page(signed_in) -> None:
    client = signed_in("county")
    send(client, book({"people": [person(1), person(2, sex="不明白")]}))
    page = client.get(at("batch")).content.decode()
    assert "有 1 行需要改正或跳过" in page
    assert 'disabled aria-describedby="why-not"' in page
    listing = client.get(at("problems"), {"code": "wrong_value", "field": "sex"}).content.decode()
    assert "患者名册 第 3 行" in listing
    assert "C 列" in listing
    assert "“性别”的“不明白”无法识别，应为 1 男、2 女" in listing
    row = Row.objects.get(number=3)
    fixed = client.post(
        at("fix"), {"row": row.pk, "column": "sex", "typed": "男", "code": "wrong_value", "field": "sex"}
    )
    assert fixed.status_code == 302
    assert only().problem_rows == 0
    assert "没有问题，可以导入" in client.get(at("batch")).content.decode()


def test_a_skipped_row_is_not_imported(signed_in) -> None:
    client = signed_in("county")
    send(client, book({"people": [person(1), person(2, sex="不明白")]}))
    client.post(at("skip"), {"code": "wrong_value", "field": "sex"})
    client.post(at("commit"))
    assert only().counts["person"]["skipped"] == 1
    assert Person.objects.count() == 1


def test_a_file_of_another_kind_is_refused_in_one_sentence(signed_in) -> None:
    answer = send(signed_in("county"), b"name,sex\n", "x.csv")
    assert answer.status_code == 422
    assert "这不是 Excel 工作簿" in answer.content.decode()
    assert not Batch.objects.exists()


@pytest.mark.parametrize("key", ["other_county", "township", "village", "city", "auditor"])
def test_a_stranger_finds_no_batch_no_progress_and_no_download(signed_in, key: str) -> None:
    send(signed_in("county"), book({"people": [person(1, sex="不明白")]}))
    stranger = signed_in(key)
    for name in ("batch", "progress", "problems", "problems-book"):
        assert stranger.get(at(name)).status_code == 404, name
    for name in ("fix", "skip", "check", "commit", "abandon"):
        assert stranger.post(at(name)).status_code == 404, name
    assert only().state == "checked"


@pytest.mark.parametrize("key", ["township", "village", "city", "system"])
def test_only_the_county_office_may_open_the_page_or_bring_a_file(signed_in, key: str) -> None:
    client = signed_in(key)
    assert client.get(reverse("interchange:home")).status_code == 403
    assert client.get(reverse("interchange:template")).status_code == 403
    assert send(client, book({"people": [person(1)]})).status_code == 403


def test_a_batch_that_was_never_there_is_not_found(signed_in) -> None:
    assert signed_in("county").get(reverse("interchange:batch", args=[uuid4()])).status_code == 404


def test_the_list_of_problems_is_a_workbook_of_plain_text(signed_in) -> None:
    client = signed_in("county")
    send(client, book({"people": [person(1, sex="=1+1")]}))
    Row.objects.get()
    answer = client.get(at("problems-book"))
    sheet = load_workbook(io.BytesIO(answer.content)).active
    line = [cell.value for cell in sheet[2]]
    assert line[:4] == ["患者名册", "2", "C", "性别"]
    assert all(cell.data_type == "s" for row in sheet.iter_rows() for cell in row if cell.value is not None)
    assert "no-store" in answer["Cache-Control"]


def test_giving_up_wipes_what_the_file_held(signed_in) -> None:
    client = signed_in("county")
    send(client, book({"people": [person(1)]}))
    client.post(at("abandon"))
    assert only().state == "abandoned"
    assert Row.objects.get().payload == ""
    assert client.post(at("commit")).status_code == 302
    assert not Person.objects.exists()


def test_a_large_file_waits_for_the_worker_and_can_be_run_from_the_page(signed_in, monkeypatch) -> None:
    monkeypatch.setattr("xinqiao.interchange.views.batches.AT_ONCE", 0)
    client = signed_in("county")
    send(client, book({"people": [person(1)]}))
    assert only().state == "checking"
    page = client.get(at("batch")).content.decode()
    assert 'hx-trigger="every 1s"' in page
    assert '<meta http-equiv="refresh"' in page
    client.post(at("check"), {"here": "1"})
    assert only().state == "checked"
    assert client.get(at("progress"), headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_the_trail_holds_ids_and_counts_only(signed_in) -> None:
    client = signed_in("county")
    one = person(1)
    send(client, book({"people": [one]}), "张一的名册.xlsx")
    client.post(at("commit"))
    said = str(list(Event.objects.values_list("action", "detail")))
    assert one["name"] not in said
    assert one["id_number"] not in said
    assert "张一" not in str(Batch.objects.values().get())


def test_skipped_rows_can_be_taken_back(signed_in) -> None:
    client = signed_in("county")
    send(client, book({"people": [person(1), person(2, sex="不明白")]}))
    client.post(at("skip"), {"code": "wrong_value", "field": "sex"})
    assert "取消跳过" in client.get(at("batch")).content.decode()
    client.post(at("skip"), {"back": "1"})
    assert only().problem_rows == 1


def test_the_page_says_when_nobody_is_at_work(signed_in, monkeypatch) -> None:
    monkeypatch.setattr("xinqiao.interchange.views.batches.AT_ONCE", 0)
    client = signed_in("county")
    send(client, book({"people": [person(1)]}))
    page = client.get(at("batch")).content.decode()
    assert "后台任务没有在运行" in page
    assert "现在就核对（请等待页面完成）" in page
    monkeypatch.setattr("xinqiao.interchange.views.batches.WITHOUT_WORKER", 0)
    assert "请联系系统管理员启动后台任务" in client.get(at("batch")).content.decode()


def test_a_failed_commit_says_why_and_can_be_checked_again(signed_in) -> None:
    client = signed_in("county")
    send(client, book({"people": [person(1)]}))
    Batch.objects.update(state="failed", failure="核对之后有变化")
    page = client.get(at("batch")).content.decode()
    assert "核对之后有变化" in page
    client.post(at("check"))
    assert only().state == "checked"


def test_the_same_file_is_recognised_and_brings_nothing_new(signed_in) -> None:
    client = signed_in("county")
    data = book({"people": [person(1)]})
    send(client, data)
    client.post(at("commit"))
    send(client, data)
    page = client.get(at("batch")).content.decode()
    assert "同一个文件已在" in page
    client.post(at("commit"))
    assert "系统里都已有，没有新增，也没有改动" in client.get(at("batch")).content.decode()


def test_the_answer_workbook_marks_the_cells_and_comes_back_clean_once_put_right(signed_in) -> None:
    client = signed_in("county")
    send(client, book({"people": [person(1), person(2, sex="=1+1")]}))
    answer = load_workbook(io.BytesIO(client.get(at("problems-book")).content))
    page = answer["1 患者名册"]
    titles = {cell.value: cell.column for cell in page[1]}
    cell = page.cell(2, titles["性别"])
    assert "无法识别" in cell.comment.text
    assert (cell.data_type, cell.value) == ("s", "'=1+1")  # text, never a formula
    assert page.cell(2, titles["原行号"]).value == 3
    assert "无法识别" in page.cell(2, titles["问题"]).value
    cell.value, cell.comment = "男", None
    raw = io.BytesIO()
    answer.save(raw)
    send(client, raw.getvalue())
    assert only().counts["person"]["new"] == 1
    assert only().problem_rows == 0


def test_the_history_of_imports_leaves_as_a_workbook_of_numbers(signed_in) -> None:
    client = signed_in("county")
    send(client, book({"people": [person(1), person(2, sex="不明白")]}))
    page = load_workbook(io.BytesIO(client.get(reverse("interchange:history-book")).content)).active
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert only().label in rows[2]
    assert rows[2][3:] == [2, 1, 0, 0, 0, 0, 1]
    assert person(1)["name"] not in str(rows)
