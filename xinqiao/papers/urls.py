"""Addresses of paper, below `papers/`."""

from __future__ import annotations

from django.urls import path

from .views import entry, official, packs, piles, prints

urlpatterns = [
    path("", prints.home, name="prints"),
    path("blank.pdf", prints.blank, name="blank"),
    path("day.pdf", prints.day, name="day"),
    path("slips.pdf", prints.slips, name="slips"),
    path("endings.pdf", prints.endings, name="endings"),
    path("person/<uuid:person_id>.pdf", prints.person, name="person"),
    path("visit/<uuid:visit_id>.pdf", prints.visit, name="visit"),
    path("checklist.pdf", official.checklist, name="checklist"),
    path("clue/<uuid:clue_id>.pdf", official.clue, name="clue"),
    path("clues.pdf", official.clues_of_place, name="clues"),
    path("card/<uuid:card_id>.pdf", official.card, name="card"),
    path("referral/<uuid:person_id>.pdf", official.referral, name="referral"),
    path("transfer/<uuid:transfer_id>.pdf", official.transfer, name="transfer"),
    path("s/<uuid:person_id>/", prints.slip, name="slip"),
    path("packs/", packs.home, name="packs"),
    path("packs/<uuid:pack_id>/", packs.pack, name="pack"),
    path("packs/<uuid:pack_id>/progress/", packs.progress, name="pack-progress"),
    path("packs/<uuid:pack_id>/settle/", packs.settle, name="pack-settle"),
    path("packs/<uuid:pack_id>/start/", packs.start, name="pack-start"),
    path("packs/<uuid:pack_id>/file.pdf", packs.download, name="pack-download"),
    path("packs/<uuid:pack_id>/drop/", packs.drop, name="pack-drop"),
    path("entry/", piles.piles, name="piles"),
    path("entry/<uuid:pile_id>/", entry.pile, name="pile"),
    path("entry/<uuid:pile_id>/add/", entry.add, name="pile-add"),
    path("entry/<uuid:pile_id>/finish/", entry.finish, name="pile-finish"),
    path("entry/<uuid:pile_id>/summary/", entry.summary, name="pile-summary"),
    path("entry/form/<uuid:row_id>/", entry.row, name="row"),
    path("entry/form/<uuid:row_id>/draft/", entry.draft, name="row-draft"),
    path("entry/form/<uuid:row_id>/undo/", entry.undo, name="row-undo"),
]
