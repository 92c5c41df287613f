from django.apps import AppConfig


class RegulationsConfig(AppConfig):
    name = "xinqiao.regulations"
    label = "regulations"
