"""Every action leaves its event: the register of action names, and of which function writes which."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from tests.factories.county import NORTH, NORTH_1, SOUTH_1, County
from tests.factories.people import make_person
from xinqiao.audit.actions import ACTIONS

ROOT = Path(__file__).resolve().parents[2]

#: Public function → names of the events it writes. Empty: it writes through another one named here, or writes nothing.
WRITES: dict[str, set[str]] = {
    "places.load_divisions": {"load_divisions"},
    "places.add_divisions": {"load_divisions"},
    "places.open_institution": {"open_institution"},
    "places.put_in_charge": {"change_person_in_charge"},
    "places.set_population": {"set_population"},
    "places.close_institution": {"close_institution"},
    "places.add_division": {"add_division"},
    "places.rename_division": {"rename_division"},
    "places.close_division": {"close_division"},
    "opening.begin_deployment": {"begin_deployment"},
    "opening.check_code": {"opening_code_refused"},
    "opening.make_code": {"make_opening_code"},
    "opening.open_accounts": set(),  # create_account, once for each
    "opening.open_institutions": set(),  # open_institution, once for each
    "accounts.change_account": {"change_account"},
    "accounts.close_account": {"close_account"},
    "accounts.create_account": {"create_account"},
    "accounts.end_cover": {"end_cover"},
    "accounts.reopen_account": {"reopen_account"},
    "accounts.reset_password": {"reset_password"},
    "accounts.set_villages": {"set_villages"},
    "accounts.stand_in": {"stand_in"},
    "accounts.take_over_villages": {"set_villages"},
    "accounts.unlock_account": {"unlock_account"},
    "boundaries.assign_village": {"assign_village"},
    "boundaries.carry_out": {"change_borders"},
    "boundaries.plan_change": {"plan_borders"},
    "boundaries.plan_undo": {"plan_borders"},
    "boundaries.withdraw_change": {"withdraw_borders"},
    "reporting.answer_search": {"answer_search"},
    "reporting.ask_station": {"ask_station"},
    "reporting.discard_draft": {"discard_card_draft"},
    "reporting.enter_paper_card": {"send_card"},
    "reporting.file_card": {"file_card"},
    "reporting.find_address_fault": {"find_address_fault"},
    "reporting.join_card": {"join_card"},
    "reporting.locate_person": {"locate_person"},
    "reporting.pass_card": {"pass_card"},
    "reporting.receive_card": {"receive_card", "find_address_fault"},
    "reporting.return_card": {"return_card"},
    "reporting.save_draft": {"save_card_draft"},
    "reporting.send_card": {"send_card"},
    "reporting.take_over_discharge": {"take_over_discharge"},
    "reporting.withdraw_card": {"withdraw_card"},
    "registry.answer_inquiry": {"answer_inquiry"},
    "registry.check_inquiry": set(),  # look_up_registered does
    "registry.read_answer": {"read_answer"},
    "registry.review_look_ups": {"review_look_ups"},
    "registry.attach_scan": {"attach_scan"},
    "registry.open_attachment": set(),  # a look: the read log
    "registry.void_attachment": {"void_attachment"},
    "registry.add_care_member": {"add_care_member"},
    "registry.add_rows": {"add_rows"},
    "registry.close_care_group": {"close_care_group"},
    "registry.correct_row": {"correct_row"},
    "registry.end_care_member": {"end_care_member"},
    "registry.end_row": {"end_row"},
    "registry.join_household": {"join_household"},
    "registry.may_undo": set(),  # a question
    "registry.open_care_group": {"open_care_group"},
    "registry.change_responsibility": {"change_responsibility"},
    "registry.hand_over_people": {"hand_over_people"},
    "registry.look_up_registered": {"look_up_registered"},
    "registry.move_person": set(),  # settle_move does
    "registry.settle_move": {"move_person"},
    "transfers.accept_transfer": {"accept_transfer"},
    "transfers.confirm_left": {"confirm_left"},
    "transfers.end_listing": {"end_listing"},
    "transfers.list_twice": {"list_twice"},
    "transfers.pass_on_transfer": {"pass_on_transfer"},
    "transfers.record_call": {"record_transfer_call"},
    "transfers.return_transfer": {"return_transfer"},
    "transfers.send_transfer": {"send_transfer"},
    "transfers.withdraw_transfer": {"withdraw_transfer"},
    "registry.plan_people": set(),  # a rehearsal
    "consents.tell_care_group": {"tell_care_group"},
    "registry.record_consent": {"record_consent"},
    "registry.withdraw_consent": {"withdraw_consent"},
    "registry.record_notice": {"record_notice"},
    "registry.request_correction": {"request_correction"},
    "registry.decide_correction": {"approve_correction", "refuse_correction"},
    "registry.take_back_correction": {"take_back_correction"},
    "registry.record_life_events": {"record_life_events"},
    "registry.register_people": {"register_people", "register_person"},
    "registry.register_person": set(),  # a batch of one
    "registry.unmask_person": {"unmask"},
    "registry.update_person": set(),  # register_people does
    "registry.void_fact": {"void_fact"},
    "treatment.amend_exam": {"amend_exam"},
    "treatment.record_exam": set(),  # a batch of one
    "treatment.record_exams": {"record_exam", "record_exam_refusal"},
    "treatment.void_exam": {"void_exam"},
    "followup.amend_visit": {"amend_visit"},
    "followup.decide_confirmation": {"accept_confirmation", "refuse_confirmation"},
    "followup.plan_visit": {"plan_visit"},
    "followup.discard_draft": set(),  # a draft is no part of the record
    "followup.save_draft": set(),
    "followup.review_visits": {"pass_visit", "return_visit"},
    "followup.record_attempt": {"record_attempt"},
    "followup.record_visits": {"record_visit", "record_visits"},
    "followup.undo_visit": {"undo_visit"},
    "regulations.register_value": {"register_rule"},
    "regulations.withdraw_value": {"withdraw_rule"},
    "campaigns.close_campaign": {"close_campaign"},
    "campaigns.record_line": {"record_campaign_line"},
    "campaigns.start_campaign": {"start_campaign"},
    "campaigns.withdraw_campaign": {"withdraw_campaign"},
    "tracing.confirm_loss": {"confirm_loss"},
    "tracing.open_for_the_lost": {"open_for_the_lost"},
    "tracing.open_search": {"open_search"},
    "tracing.record_asked": {"record_asked"},
    "tracing.report_found": {"report_found"},
    "tracing.tell": {"tell_of_loss"},
    "duplicates.begin_hunt": {"begin_hunt"},
    "duplicates.decide_pair": {"decide_pair"},
    "duplicates.fail_hunt": set(),  # begin_hunt said that a search was made
    "duplicates.finish_hunt": set(),
    "duplicates.keep_pairs": set(),
    "duplicates.merge_people": {"merge_people"},
    "duplicates.tell_hunt": set(),
    "duplicates.unmerge_people": {"unmerge_people"},
    "screening.add_act": {"act_on_clue"},
    "screening.add_to_round": {"add_to_round"},
    "screening.answer_review": {"answer_rediagnosis"},
    "screening.ask_about_clue": {"ask_rediagnosis"},
    "screening.ask_about_person": {"ask_rediagnosis"},
    "screening.ask_registered": set(),  # look_up_registered does
    "screening.close_clue": {"close_clue"},
    "screening.close_round": {"close_round"},
    "screening.close_sweep": {"close_sweep"},
    "screening.correct_clue": {"correct_clue"},
    "screening.file_clue": {"file_clue"},
    "screening.find_village": set(),  # a question
    "screening.judge_clue": {"judge_clue"},
    "screening.link_filed": {"file_clue"},
    "screening.mark_village": {"mark_village"},
    "screening.open_sweep": {"open_sweep"},
    "screening.plan_round": {"plan_round"},
    "screening.record_clue": {"record_clue", "check_nobody"},
    "screening.record_round_result": {"record_round_result"},
    "screening.return_review": {"return_rediagnosis"},
    "screening.take_up_again": {"reopen_clue"},
    "screening.tell_brought": {"tell_brought"},
    "screening.tell_corrected": {"tell_corrected"},
    "screening.withdraw_review": {"withdraw_rediagnosis"},
    "staff.agree_work": {"agree_work"},
    "staff.answer_appeal": {"answer_appeal"},
    "staff.appeal_work": {"appeal_work"},
    "staff.arrange_leave": {"arrange_leave"},
    "staff.complete_hand_over": {"complete_hand_over"},
    "staff.confirm_hand_over": {"confirm_hand_over"},
    "staff.draw_up_hand_over": {"draw_up_hand_over"},
    "staff.end_leave": {"end_leave"},
    "staff.sign_work": {"sign_work"},
    "staff.withdraw_hand_over": {"withdraw_hand_over"},
    "ownview.answer_correction": {"answer_correction"},
    "ownview.ask_correction": {"ask_correction"},
    "ownview.ask_view": {"ask_view"},
    "ownview.decide_view": {"decide_view"},
    "ownview.hand_over_view": {"hand_over_view"},
    "ownview.withdraw_view": {"withdraw_view"},
    "papers.add_forms": set(),  # begin_pile said that forms are typed in
    "papers.begin_pack": {"begin_pack"},
    "papers.begin_pile": {"begin_pile"},
    "papers.bind_pack": {"make_pack"},
    "papers.download_pack": {"download_pack"},
    "papers.drop_pack": {"drop_pack"},
    "papers.expire_packs": {"expire_pack"},
    "papers.fail_pack": set(),  # the state says so
    "papers.finish_pile": {"finish_pile"},
    "papers.keep_typed": set(),  # a draft
    "papers.make_member": set(),  # bind_pack says it of the whole
    "papers.make_pack": set(),  # bind_pack does
    "papers.mark_problem": set(),  # a draft
    "papers.save_form": set(),  # record_visits does
    "papers.settle_line": set(),  # start_pack says who is in it
    "papers.start_pack": {"start_pack"},
    "papers.undo_form": set(),  # undo_visit does
    "rosters.make_ledger": {"print_ledger", "download_ledger"},
    "interchange.abandon": {"import_abandon"},
    "interchange.bring_workbook": {"import_upload"},
    "interchange.check_batch": set(),  # judges staged rows, writes nothing outside the batch
    "interchange.commit_batch": {"import_commit"},
    "interchange.fix_cell": {"import_fix"},
    "interchange.run_check": set(),
    "interchange.run_commit": set(),
    "interchange.skip_rows": {"import_skip", "import_unskip"},
    "interchange.start_check": set(),
    "interchange.start_commit": set(),
    "national.abandon_comparison": {"compare_abandon"},
    "national.assign_differences": {"assign_difference"},
    "national.bring_export": {"compare_upload"},
    "national.change_setting": {"change_national_setting"},
    "national.choose_columns": set(),  # says what columns mean; the comparison itself is written
    "national.run_comparison": {"compare_lists"},
    "national.settle_differences": {"settle_difference"},
    "national.tick_visits": {"tick_entered"},
    "national.untick_visits": {"untick_entered"},
}
ELSEWHERE = {
    "sign_in",
    "sign_in_refused",
    "sign_out",
    "change_password",
    "refused",
    "import_problems",
    "export_figures",
    "rotate_keys",
    "forget_clue",  # by nobody, every night
    "forget_inquiry",  # by nobody, every night
    "end_transfer",  # by nobody, with the file
}


def _actions() -> set[str]:
    found = set()
    for domain in (
        "places",
        "accounts",
        "registry",
        "clocks",
        "screening",
        "reporting",
        "consents",
        "duplicates",
        "treatment",
        "followup",
        "tracing",
        "transfers",
        "boundaries",
        "campaigns",
        "ownview",
        "rosters",
        "interchange",
        "national",
        "staff",
        "papers",
        "opening",
        "regulations",
    ):
        module = importlib.import_module(f"xinqiao.{domain}.actions")
        for name in getattr(module, "__all__", None) or vars(module):
            thing = getattr(module, name)
            if (
                inspect.isfunction(thing)
                and not name.startswith("_")
                and thing.__module__.startswith(f"xinqiao.{domain}")
            ) and "actor" in inspect.signature(thing).parameters:
                found.add(f"{domain}.{name}")
    return found


def test_every_action_stands_in_the_register() -> None:
    assert _actions() == set(WRITES)


def test_every_action_that_writes_takes_back_its_own_part_when_it_fails() -> None:
    """A form shown again keeps its request's transaction (the read log): what the action began must be gone by itself."""
    through_another = {"places.load_divisions", "followup.amend_visit"}
    for name in {one for one, events in WRITES.items() if events} - through_another:
        domain, function = name.split(".")
        action = getattr(importlib.import_module(f"xinqiao.{domain}.actions"), function)
        assert "transaction.atomic" in inspect.getsource(action), name


def test_every_event_name_is_written_by_somebody_and_none_is_unknown() -> None:
    assert set().union(*WRITES.values()) | ELSEWHERE == set(ACTIONS)


def test_every_event_name_stands_in_the_source_of_its_domain() -> None:
    for function, names in WRITES.items():
        folder = ROOT / "xinqiao" / function.split(".")[0]
        text = "\n".join(
            path.read_text(encoding="utf-8") for path in folder.rglob("*.py") if "tests" not in path.parts
        )
        for name in names:
            assert len(re.findall(rf'"{name}"', text)) >= 2, (function, name)  # registered and used


def _events(action: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("select actor_id, detail::text from audit_event where action = %s", [action])
        return cursor.fetchall()


def test_a_refusal_stays_written_although_its_request_was_lost(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    person = make_person(SOUTH_1, county.institutions["990101101000"])
    assert signed_in("township").get(f"/people/{person.pk}/").status_code == 404
    assert signed_in("system").get("/people/").status_code == 403
    written = _events("refused")
    assert {row[0] for row in written} == {county.users["township"].pk, county.users["system"].pk}
    assert not any(str(person.pk) in str(row[1]) or person.name in str(row[1]) for row in written)


def test_a_wrong_password_leaves_a_trace_without_a_name(county: County) -> None:
    Client().post("/sign-in/", {"username": "township", "password": "wrong"})
    assert [row[0] for row in _events("sign_in_refused")] == [None]


@pytest.mark.django_db
def test_an_unknown_event_name_is_refused(county: County) -> None:
    from xinqiao.audit.actions import record
    from xinqiao.kernel.clock import SystemClock

    make_person(NORTH_1, county.institutions[NORTH])
    with pytest.raises(ValueError, match="not in the register"):
        record(actor=None, clock=SystemClock(), action="x", object_type="y", object_id=None, place=NORTH)
