"""Addresses below /people/."""

from django.urls import path

from .views import change_worker, consent, edit, event, find, new, people, person, unmask
from .views.attachments import attach, attachment, void_scan
from .views.reads import reads

urlpatterns = [
    path("", people, name="list"),
    path("search/", find, name="search"),
    path("new/", new, name="new"),
    path("<uuid:person_id>/", person, name="person"),
    path("<uuid:person_id>/unmask/", unmask, name="unmask"),
    path("<uuid:person_id>/responsible/", change_worker, name="responsible"),
    path("<uuid:person_id>/edit/", edit, name="edit"),
    path("<uuid:person_id>/event/", event, name="event"),
    path("<uuid:person_id>/consent/", consent, name="consent"),
    path("<uuid:person_id>/reads/", reads, name="reads"),
    path("<uuid:person_id>/attach/", attach, name="attach"),
    path("attachments/<uuid:attachment_id>/", attachment, name="attachment"),
    path("attachments/<uuid:attachment_id>/void/", void_scan, name="void-scan"),
]
