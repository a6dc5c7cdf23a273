"""A walk through New configuration, as a browser without scripts would go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.test import Client

STEPS = ("source", "what", "where", "when", "review")


@dataclass
class Walk:
    """One wizard of one person."""

    client: Client
    base: str

    @classmethod
    def begin(cls, client: Client, server: int | None = None) -> Walk:
        answer = client.get("/configurations/new/", {"server": server} if server else {})
        return cls(client, answer.url.rsplit("/", 2)[0])

    def at(self, step: str, **query: Any) -> Any:
        return self.client.get(f"{self.base}/{step}/", query)

    def say(self, step: str, **words: Any) -> Any:
        return self.client.post(f"{self.base}/{step}/", words)

    def answer(self, step: str, **words: Any) -> Any:
        """Say something and press Next, which must lead on."""
        answer = self.say(step, next="1", **words)
        after = STEPS[STEPS.index(step) + 1]
        assert answer.status_code == 302, answer.context["form"].errors
        assert answer.url == f"{self.base}/{after}/"
        return answer

    def to_review(self, picked: list[str], target: str = "flight", **when: Any) -> Walk:
        """Answer everything from the second step on."""
        self.answer("what", picked=picked)
        self.answer("where", target_category=target)
        self.answer("when", **{"trigger": "manual", **when})
        return self

    def create(self) -> Any:
        reviewed = self.at("review").context["digest"]
        return self.say("review", reviewed=reviewed, create="1")
