from django.apps import AppConfig


class PollingConfig(AppConfig):
    name = "esaylov.polling"
    label = "polling"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from esaylov.polling import boards

        boards.start()
