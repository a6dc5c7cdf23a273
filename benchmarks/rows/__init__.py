"""The rows of the table; a measurement returns those that are seen together.

copying   first copies, memory, bytes
arriving  one commit on its way, and asking what is new
reading   verifying, elements, differences
growth    how cost grows with what is there
cloud     a Teamwork Cloud as the source
osmc      what clients of Teamwork Cloud read
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks.results import Row
from benchmarks.rows import arriving, cloud, copying, growth, osmc, reading

ROWS: dict[str, Callable[[], list[Row]]] = {
    **{f"copy-{size}": partial(copying.first_copy, size) for size in ("S", "M", "L")},
    **{f"copy-{size}": partial(copying.first_copy_of_many, size) for size in ("narrow", "wide")},
    "memory": copying.memory,
    "bytes-M": partial(copying.sizes, "M"),
    **{f"arriving-{size}": partial(arriving.commit_to_visible, size) for size in ("S", "M")},
    **{f"transfer-{size}": partial(arriving.transfer, size) for size in ("S", "M")},
    **{f"polling-{size}": partial(arriving.nothing_new, size) for size in ("narrow", "wide")},
    **{f"verify-{size}": partial(reading.verify, size) for size in ("S", "M", "L")},
    "element": reading.element,
    **{f"difference-{size}": partial(reading.difference, size) for size in ("S", "M")},
    "growth": growth.growth,
    "cloud-M": cloud.pull,
    "cloud-poll": cloud.poll,
    "osmc": osmc.batch,
}
QUICK = ("copy-S", "copy-narrow", "transfer-S", "polling-narrow", "verify-S", "difference-S")
