from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "xinqiao.reporting"
    label = "reporting"
