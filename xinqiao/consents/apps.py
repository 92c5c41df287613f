from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    name = "xinqiao.consents"
    label = "consents"
