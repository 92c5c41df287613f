from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    name = "xinqiao.screening"
    label = "screening"
