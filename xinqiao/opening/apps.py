from django.apps import AppConfig


class OpeningConfig(AppConfig):
    name = "xinqiao.opening"
    label = "opening"
