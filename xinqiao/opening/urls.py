"""The set-up: two pages for a stranger with the code, while there is no account; the rest for who manages places and accounts."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.begin, name="begin"),
    path("county/", views.county, name="county"),
    path("steps/", views.steps, name="steps"),
    path("divisions/", views.divisions, name="divisions"),
    path("division/", views.division, name="division"),
    path("institutions/", views.institutions, name="institutions"),
    path("population/", views.population, name="population"),
    path("accounts/", views.accounts, name="accounts"),
    path("import/", views.bring, name="import"),
]
