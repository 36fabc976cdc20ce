from django.apps import AppConfig


class CabinetConfig(AppConfig):
    name = "esaylov.cabinet"
    label = "cabinet"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from esaylov.cabinet import pages, programs

        pages.start()
        programs.start()
