"""The course of a batch: who sets it going, what becomes of it when the work fails, and giving it up."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, XinqiaoError

from ..choices import OPEN, BatchState
from ..models import Batch, Row
from .check import check_batch
from .commit import commit_batch

log = logging.getLogger("xinqiao.interchange")


def start_check(*, actor: Actor, clock: Clock, batch_id: UUID) -> bool:
    """Mark a batch for checking. False when it is being checked, or committed, already; NotFound when it is not theirs."""
    require(actor, Permission.IMPORT_REGISTER)
    return _move(
        batch_id, (BatchState.UPLOADED, BatchState.CHECKED, BatchState.FAILED), BatchState.CHECKING, clock
    )


def start_commit(*, actor: Actor, clock: Clock, batch_id: UUID) -> bool:
    """Mark a checked batch for the commit. One statement decides between two presses: the second gets False."""
    require(actor, Permission.IMPORT_REGISTER)
    return _move(batch_id, (BatchState.CHECKED,), BatchState.COMMITTING, clock, problem_rows=0)


def _move(
    batch_id: UUID, before: tuple[BatchState, ...], after: BatchState, clock: Clock, **more: int
) -> bool:
    moved = Batch.objects.filter(pk=batch_id, state__in=before, **more).update(
        state=after, state_at=clock.now(), failure=""
    )
    if not moved and not Batch.objects.filter(pk=batch_id).exists():
        raise NotFound()
    return bool(moved)


def run_check(*, actor: Actor, clock: Clock, batch_id: UUID) -> None:
    """Check inside the caller's scope; a failure is kept as the batch's state instead of being raised."""
    _run(check_batch, actor, clock, batch_id)


def run_commit(*, actor: Actor, clock: Clock, batch_id: UUID) -> None:
    """Commit inside the caller's scope; a failure leaves nothing written and is kept as the batch's state."""
    _run(commit_batch, actor, clock, batch_id)


def _run(work: Callable[..., Batch], actor: Actor, clock: Clock, batch_id: UUID) -> None:
    collecting = gc.isenabled()
    # A hundred thousand rows make no circles: looking for some would cost a tenth of the time.
    gc.disable()
    try:
        with transaction.atomic():
            work(actor=actor, clock=clock, batch_id=batch_id)
        return
    except NotFound:
        if not Batch.objects.filter(pk=batch_id).exists():
            raise
        words = _("核对之后名册或区划有变化，什么都没有写入，请重新核对")
        code = "not_found"
    except Conflict as error:
        if error.code in ("conflict.import_busy", "conflict.import_state"):
            return  # somebody else does, or did, this very work
        words, code = error.message, error.code
    except Invalid as error:
        words = _("有 %(count)s 处与系统现有数据不符，什么都没有写入，请重新核对") % {
            "count": len(error.problems)
        }
        code = error.code
    except XinqiaoError as error:
        words, code = _("没有完成，什么都没有写入；请稍后重试，仍不行请联系系统管理员"), error.code
    except (DatabaseError, ValueError, KeyError, TypeError) as error:
        log.exception("import failed batch=%s", batch_id)
        words, code = _("没有完成，什么都没有写入；请稍后重试，仍不行请联系系统管理员"), type(error).__name__
    finally:
        if collecting:
            gc.enable()
    log.warning("import not finished batch=%s code=%s", batch_id, code)
    Batch.objects.filter(pk=batch_id).update(
        state=BatchState.FAILED, state_at=clock.now(), failure=words[:200]
    )


@transaction.atomic
def abandon(*, actor: Actor, clock: Clock, batch_id: UUID) -> None:
    """Give a batch up and wipe what the workbook held. Conflict when it is being committed or is done."""
    require(actor, Permission.IMPORT_REGISTER)
    if not _move(batch_id, OPEN, BatchState.ABANDONED, clock):
        raise Conflict(_("这批数据已经导入或正在导入，不能放弃"), code="conflict.import_state")
    Row.objects.filter(batch=batch_id).update(payload="")
    audit.record(
        actor=actor,
        clock=clock,
        action="import_abandon",
        object_type="import",
        object_id=batch_id,
        place=actor.place,
    )
