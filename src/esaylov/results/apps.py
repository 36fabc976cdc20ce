from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "esaylov.results"
    label = "results"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from esaylov.results import boards, ordering

        boards.start()
        ordering.describe_all()
