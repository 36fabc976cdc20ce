from django.apps import AppConfig

from esaylov.custody import client


class VotersConfig(AppConfig):
    name = "esaylov.voters"
    label = "voters"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The custodian that is asked is that of the platform's data folder."""
        from esaylov.acts.identity import data_folder

        client.find_at(data_folder)

        from esaylov.voters import boards

        boards.start()

        from esaylov.registry.accounts import hooks
        from esaylov.voters.own.showing import came_back

        hooks.register(shown=came_back)
