"""Addresses of screening."""

from django.urls import path

from .views import asking, clue, clues, filing, noting, reviews, rounds, sweeps

urlpatterns = [
    path("", clues.clue_list, name="list"),
    path("book/", clues.book, name="book"),
    path("new/", noting.new, name="new"),
    path("<uuid:clue_id>/", clue.clue, name="clue"),
    path("<uuid:clue_id>/correct/", noting.correct, name="correct"),
    path("<uuid:clue_id>/unmask/", clue.unmask, name="unmask"),
    path("<uuid:clue_id>/judge/", clue.judge, name="judge"),
    path("<uuid:clue_id>/act/", clue.act, name="act"),
    path("<uuid:clue_id>/close/", clue.close, name="close"),
    path("<uuid:clue_id>/again/", clue.again, name="again"),
    path("<uuid:clue_id>/registered/", clue.ask_registered, name="ask-registered"),
    path("<uuid:clue_id>/send/", asking.send, name="send"),
    path("<uuid:clue_id>/file/", filing.file, name="file"),
    path("<uuid:clue_id>/link/", filing.link, name="link"),
    path("reviews/", reviews.queue, name="queue"),
    path("reviews/<uuid:review_id>/", reviews.review, name="review"),
    path("reviews/<uuid:review_id>/answer/", reviews.answer, name="answer"),
    path("reviews/<uuid:review_id>/return/", reviews.give_back, name="return"),
    path("reviews/<uuid:review_id>/withdraw/", reviews.withdraw, name="withdraw"),
    path("reviews/<uuid:review_id>/brought/", reviews.brought, name="brought"),
    path("reviews/<uuid:review_id>/corrected/", reviews.corrected, name="corrected"),
    path("people/<uuid:person_id>/", asking.person_review, name="person-review"),
    path("sweeps/", sweeps.sweeps, name="sweeps"),
    path("sweeps/open/", sweeps.open_sweep, name="open-sweep"),
    path("sweeps/<uuid:sweep_id>/", sweeps.sweep, name="sweep"),
    path("sweeps/<uuid:sweep_id>/close/", sweeps.close_sweep, name="close-sweep"),
    path("villages/<uuid:row_id>/", sweeps.village, name="village"),
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/new/", rounds.new_round, name="new-round"),
    path("rounds/<uuid:round_id>/", rounds.round_, name="round"),
    path("rounds/<uuid:round_id>/add/", rounds.add, name="round-add"),
    path("rounds/<uuid:round_id>/close/", rounds.close, name="close-round"),
    path("rounds/people/<uuid:row_id>/", rounds.result, name="round-result"),
]
