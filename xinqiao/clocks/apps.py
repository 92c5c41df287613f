from django.apps import AppConfig


class ClocksConfig(AppConfig):
    name = "xinqiao.clocks"
    label = "clocks"
