from django.apps import AppConfig


class DesignConfig(AppConfig):
    name = "esaylov.design"
    label = "design"
