from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "xinqiao.campaigns"
    label = "campaigns"
