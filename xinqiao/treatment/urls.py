"""Addresses below /treatment/."""

from django.urls import path

from . import views

urlpatterns = [
    path("people/<uuid:person_id>/exam/", views.record, name="exam"),
    path("exams/<uuid:exam_id>/", views.amend, name="amend-exam"),
    path("exams/<uuid:exam_id>/void/", views.void, name="void-exam"),
]
