from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "esaylov.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from esaylov.acts.mandates import register_resolver
        from esaylov.registry.mandates import allows

        register_resolver(allows)
