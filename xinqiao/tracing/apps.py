from django.apps import AppConfig


class TracingConfig(AppConfig):
    name = "xinqiao.tracing"
    label = "tracing"
