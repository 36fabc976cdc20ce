from django.apps import AppConfig


class ElectionsConfig(AppConfig):
    name = "esaylov.elections"
    label = "elections"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from esaylov.acts.context import register_moves, register_provider
        from esaylov.elections import boards
        from esaylov.elections.days import next_day
        from esaylov.elections.moves import ask_moves
        from esaylov.elections.queries import context
        from esaylov.registry.accounts import hooks

        register_provider(context)
        register_moves(ask_moves)
        boards.start()
        hooks.register(day=next_day)
