from django.apps import AppConfig


class FormationConfig(AppConfig):
    name = "esaylov.formation"
    label = "formation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from esaylov.formation import boards, ordering, proposals  # noqa: F401 - registers its kind of application

        boards.start()
        ordering.describe_all()
