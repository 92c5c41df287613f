"""Signing in, signing out, own password; accounts of the area, roles, the trail, places."""

from django.urls import path

from . import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("password/", views.password, name="password"),
    path("roles/", views.roles, name="roles"),
    path("accounts/", views.accounts, name="list"),
    path("accounts/new/", views.new, name="new"),
    path("accounts/<uuid:user_id>/", views.account, name="account"),
    path("accounts/<uuid:user_id>/change/", views.change, name="change"),
    path("accounts/<uuid:user_id>/villages/", views.villages, name="villages"),
    path("accounts/<uuid:user_id>/reset/", views.reset, name="reset"),
    path("accounts/<uuid:user_id>/unlock/", views.unlock, name="unlock"),
    path("accounts/<uuid:user_id>/close/", views.close, name="close"),
    path("accounts/<uuid:user_id>/reopen/", views.reopen, name="reopen"),
    path("trail/", views.trail, name="trail"),
    path("institutions/", views.institutions, name="institutions"),
    path("institutions/open/", views.open_place, name="open-institution"),
    path("institutions/<uuid:institution_id>/close/", views.close_place, name="close-institution"),
    path("institutions/<uuid:institution_id>/charge/", views.put_charge, name="in-charge"),
    path("divisions/", views.divisions, name="divisions"),
]
