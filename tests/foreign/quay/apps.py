from django.apps import AppConfig


class QuayConfig(AppConfig):
    name = "quay"

    def ready(self):
        from quay import journal  # noqa: F401 - connects the signals
