"""Addresses below /people/."""

from django.urls import path

from .views import change_worker, consent, edit, event, find, new, people, person, unmask
from .views.attachments import attach, attachment, void_scan
from .views.corrections import correction, corrections, request_page, take_back
from .views.groups import add_member, close_group, end_member, groups
from .views.look_ups import inquiries, inquiry, look_ups
from .views.new import new_alike
from .views.reads import reads
from .views.rows import add_row, correct, end, household, void
from .views.sheet import sheet

urlpatterns = [
    path("", people, name="list"),
    path("search/", find, name="search"),
    path("new/", new, name="new"),
    path("new/alike/", new_alike, name="new-alike"),
    path("groups/", groups, name="groups"),
    path("groups/<uuid:group_id>/members/", add_member, name="add-member"),
    path("groups/<uuid:group_id>/close/", close_group, name="close-group"),
    path("groups/members/<uuid:member_id>/end/", end_member, name="end-member"),
    path("rows/<slug:row>/correct/", correct, name="correct-row"),
    path("rows/<slug:row>/end/", end, name="end-row"),
    path("rows/<slug:row>/void/", void, name="void-row"),
    path("<uuid:person_id>/add/", add_row, name="add-row"),
    path("<uuid:person_id>/household/", household, name="household"),
    path("<uuid:person_id>/sheet/", sheet, name="sheet"),
    path("<uuid:person_id>/", person, name="person"),
    path("<uuid:person_id>/unmask/", unmask, name="unmask"),
    path("<uuid:person_id>/responsible/", change_worker, name="responsible"),
    path("<uuid:person_id>/edit/", edit, name="edit"),
    path("<uuid:person_id>/event/", event, name="event"),
    path("<uuid:person_id>/consent/", consent, name="consent"),
    path("<uuid:person_id>/correction/", request_page, name="request-correction"),
    path("corrections/", corrections, name="corrections"),
    path("corrections/<uuid:correction_id>/", correction, name="correction"),
    path("corrections/<uuid:correction_id>/take-back/", take_back, name="take-back-correction"),
    path("inquiries/", inquiries, name="inquiries"),
    path("inquiries/<uuid:inquiry_id>/", inquiry, name="inquiry"),
    path("look-ups/", look_ups, name="look-ups"),
    path("<uuid:person_id>/reads/", reads, name="reads"),
    path("<uuid:person_id>/attach/", attach, name="attach"),
    path("attachments/<uuid:attachment_id>/", attachment, name="attachment"),
    path("attachments/<uuid:attachment_id>/void/", void_scan, name="void-scan"),
]
