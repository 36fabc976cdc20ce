from django.apps import AppConfig


class ProceedingsConfig(AppConfig):
    name = "esaylov.proceedings"
    label = "proceedings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from esaylov.acts import decided
        from esaylov.proceedings import boards, orders

        boards.start()
        decided.register(orders.taken)
