from django.apps import AppConfig


class OwnviewConfig(AppConfig):
    name = "xinqiao.ownview"
    label = "ownview"
