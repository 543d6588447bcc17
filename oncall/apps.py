from django.apps import AppConfig


class OncallConfig(AppConfig):
    name = "oncall"

    def ready(self) -> None:
        from core import first_run
        from oncall.operations import calendars

        first_run.register("calendars", calendars.ensure_defaults)
