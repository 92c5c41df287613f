"""Every write to the registry. `register_people` is the one way a person comes onto it, typed or imported."""

from xinqiao.audit.actions import register_actions

from .consent import Answer, record_consent
from .correct import update_person
from .life import NewLifeEvent, record_life_events
from .lookup import LookedUp, look_up_registered
from .plan import NewPerson, Plan, plan_people
from .register import AlreadyRegistered, Registered, register_people, register_person
from .responsibility import change_responsibility
from .unmask import unmask_person
from .void import void_fact

register_actions(
    {
        "register_person": "登记患者",
        "register_people": "批量登记患者",
        "record_consent": "登记知情同意",
        "record_life_events": "登记生命周期事件",
        "change_responsibility": "变更责任机构或责任人",
        "void_fact": "作废一条记录",
        "look_up_registered": "查询是否已建档",
        "unmask": "查看完整证件与联系方式",
    }
)

__all__ = [
    "AlreadyRegistered",
    "Answer",
    "LookedUp",
    "NewLifeEvent",
    "NewPerson",
    "Plan",
    "Registered",
    "change_responsibility",
    "look_up_registered",
    "plan_people",
    "record_consent",
    "record_life_events",
    "register_people",
    "register_person",
    "unmask_person",
    "update_person",
    "void_fact",
]
