"""The person's own view."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.listing, name="list"),
    path("person/<uuid:person_id>/", views.person, name="person"),
    path("request/<uuid:request_id>/", views.request_page, name="request"),
    path("request/<uuid:request_id>/summary/", views.summary, name="summary"),
    path("correction/<uuid:request_id>/", views.correction, name="correction"),
]
