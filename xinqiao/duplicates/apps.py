from django.apps import AppConfig


class DuplicatesConfig(AppConfig):
    name = "xinqiao.duplicates"
    label = "duplicates"
