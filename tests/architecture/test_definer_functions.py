"""Functions that run with the owner's rights: each is named here with why it may step over the policies, and keeps to the rules
that make it narrow: a fixed search path, nobody but the application may call it, and the question of the policy inside."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection

#: Called by the application; the value says what holds them to the asker's scope.
CALLED: dict[str, str] = {
    "boundaries_assign": "the policy's question about the assignment, and the village is held",
    "boundaries_carry": "only a planned change that a system administrator made; takes no codes from its caller",
    "duplicates_merge_people": "the policy's question about the merge and both people",
    "duplicates_moved_of": "the policy's question about the merge",
    "duplicates_now_at": "the policy's question about the file that is answered",
    "duplicates_unmerge_people": "the policy's question about the merge and the winner",
    "end_drafts": "drafts nobody came back to, of whomever they are; says how many",
    "registry_look_up": "a whole number or four details; says an institution, and leaves a look",
    "registry_move_person": "the place left and the new village are both held",
    "registry_numbers_elsewhere": "says of given numbers which have a file out of sight, and nothing else of them",
    "registry_reads_of": "the policy's question about the person",
    "reporting_pass_on": "only a card that lies in the asker's own place",
    "tracing_seen_again": "the policy's question about the search; says that something came, when and where, nothing of it",
    "transfers_hold": "the policy's question about the hand-over; locks and answers nothing",
    "transfers_receiving": "the policy's question about the hand-over",
    "transfers_take_over": "the policy's question about the hand-over, and the village is held",
    "transfers_under_way": "says of given people whether something is open, and nothing else of it",
}
#: Called by other functions of the owner only, or by triggers: the application may not.
INSIDE: set[str] = {"boundaries_rows", "registry_carry"}


def _functions() -> list[tuple[str, str, list[str], bool, bool, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.proname::text, pg_get_functiondef(p.oid), coalesce(p.proconfig, '{}'),"
            " p.prorettype = 'trigger'::regtype,"
            " has_function_privilege(%s, p.oid, 'execute'),"
            " exists (select 1 from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a"
            "         where a.grantee = 0 and a.privilege_type = 'EXECUTE')"
            " from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
            " where p.prosecdef and n.nspname = 'public' order by 1",
            [settings.XINQIAO_ROLES["app"]],
        )
        return list(cursor.fetchall())


@pytest.mark.django_db
def test_every_function_of_the_owner_is_named_and_narrow() -> None:
    found = _functions()
    triggers = {name for name, _body, _config, trigger, _app, _public in found if trigger}
    assert {row[0] for row in found} - triggers == set(CALLED) | INSIDE
    wrong = []
    for name, body, config, trigger, app, public in found:
        if not any(one.replace(" ", "") == "search_path=public,pg_temp" for one in config):
            wrong.append((name, "search path", config))
        if public:
            wrong.append((name, "everybody may call it"))
        if app and (trigger or name not in CALLED):
            wrong.append((name, "the application may call it"))
        if name in CALLED and "question" in CALLED[name] and "current_setting('app.shared'" not in body:
            wrong.append((name, "does not ask the question of the policy"))
    assert wrong == []


@pytest.mark.django_db
def test_no_role_but_the_application_calls_them() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.proname::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
            " where p.prosecdef and n.nspname = 'public' and has_function_privilege(%s, p.oid, 'execute')",
            [settings.XINQIAO_ROLES["report"]],
        )
        assert cursor.fetchall() == []
