"""Addresses of transfers."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.transfers, name="transfers"),
    path("new/<uuid:person_id>/", views.new, name="new"),
    path("listings/", views.listings, name="listings"),
    path("listings/new/<uuid:person_id>/", views.new_listing, name="new-listing"),
    path("listings/<uuid:listing_id>/end/", views.end, name="end-listing"),
    path("<uuid:transfer_id>/", views.transfer, name="transfer"),
    path("<uuid:transfer_id>/accept/", views.accept, name="accept"),
    path("<uuid:transfer_id>/return/", views.return_it, name="return"),
    path("<uuid:transfer_id>/pass-on/", views.pass_on, name="pass-on"),
    path("<uuid:transfer_id>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:transfer_id>/call/", views.call, name="call"),
    path("<uuid:transfer_id>/confirm/", views.confirm, name="confirm"),
]
