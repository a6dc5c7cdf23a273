"""The portal as a Django app."""

from django.apps import AppConfig

from tcsync import lifeline


class SyncconfigsConfig(AppConfig):
    """Remote servers, configurations and runs."""

    name = "syncconfigs"
    verbose_name = "Synchronization"

    def ready(self) -> None:
        """End together with the supervisor that started this process, if one did."""
        lifeline.hold()
