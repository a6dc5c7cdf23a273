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
        # Its module needs the models of all apps.
        from django_q.signals import post_spawn  # noqa: PLC0415

        post_spawn.connect(_worker_started)


def _worker_started(**_said: object) -> None:
    """Prepare a worker of the queue for its first run."""
    # Loads what most processes never need.
    from syncconfigs import tasks  # noqa: PLC0415

    tasks.make_ready()
