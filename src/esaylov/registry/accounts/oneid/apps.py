from django.apps import AppConfig


class OneIDConfig(AppConfig):
    name = "esaylov.registry.accounts.oneid"
    label = "oneid"
