from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "xinqiao.transfers"
    label = "transfers"
