"""What screening writes: clues, questions to psychiatrists and answers, sweeps, rounds, forgetting."""

from xinqiao.audit.actions import register_actions

from .answering import answer_review, tell_corrected
from .asking import NewReview, ask_about_clue, ask_about_person, second_in_time
from .bringing import tell_brought
from .closing import close_clue, take_up_again
from .clues import add_act, judge_clue
from .correcting import correct_clue
from .ending import return_review, withdraw_review
from .filing import file_clue, link_filed, record_of_clue
from .forget import forget_closed
from .noting import MaybeKnown, NewClue, Recorded, ask_registered, record_clue
from .rounds import NewRound, add_to_round, close_round, plan_round, record_round_result
from .sweeps import VillageDone, close_sweep, find_village, mark_village, open_sweep, this_quarter

register_actions(
    {
        "record_clue": "登记线索",
        "check_nobody": "按清单询问，无异常",
        "judge_clue": "登记初筛结论",
        "act_on_clue": "记录动员和联系",
        "close_clue": "线索结案",
        "correct_clue": "更正线索",
        "reopen_clue": "重新办理线索",
        "file_clue": "由线索建档",
        "forget_clue": "去除已结案线索的身份信息",
        "ask_rediagnosis": "提请复核诊断或评估",
        "answer_rediagnosis": "登记复核结论",
        "return_rediagnosis": "退回复核诊断",
        "withdraw_rediagnosis": "撤回复核诊断",
        "tell_brought": "登记送诊",
        "tell_corrected": "确认已更正诊断",
        "open_sweep": "开展摸排",
        "mark_village": "登记村摸排完成",
        "close_sweep": "结束摸排",
        "plan_round": "安排专家会诊",
        "add_to_round": "列入会诊名单",
        "record_round_result": "登记会诊结果",
        "close_round": "结束会诊",
    }
)

__all__ = [
    "MaybeKnown",
    "NewClue",
    "NewReview",
    "NewRound",
    "Recorded",
    "VillageDone",
    "add_act",
    "add_to_round",
    "answer_review",
    "ask_about_clue",
    "ask_about_person",
    "ask_registered",
    "close_clue",
    "close_round",
    "close_sweep",
    "correct_clue",
    "file_clue",
    "find_village",
    "forget_closed",
    "judge_clue",
    "link_filed",
    "mark_village",
    "open_sweep",
    "plan_round",
    "record_clue",
    "record_of_clue",
    "record_round_result",
    "return_review",
    "second_in_time",
    "take_up_again",
    "tell_brought",
    "tell_corrected",
    "this_quarter",
    "withdraw_review",
]
