from django.apps import AppConfig


class BoundariesConfig(AppConfig):
    name = "xinqiao.boundaries"
    label = "boundaries"
