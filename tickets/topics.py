"""What reports are about: the tree of topics, and the topic behind a menu key. Pure; who answers is routing's."""

from collections.abc import Collection
from functools import cached_property
from typing import Self

from pydantic import model_validator

from hotline1022.base.errors import HotlineError
from hotline1022.base.rule_files import RuleModel, WrongAt


class Topic(RuleModel):
    """One topic. ``within`` is the wider topic; ``number`` its place in the monthly report.

    ``referral`` makes it one that the hotline does not handle: the sentence tells the citizen where it belongs.
    """

    code: str
    name: str
    number: int | None = None
    within: str | None = None
    referral: str | None = None


class Topics(RuleModel):
    """``topics.yaml``."""

    version: int
    menu: dict[str, str]
    unknown: str
    topics: tuple[Topic, ...]

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        codes = [topic.code for topic in self.topics]
        for index, code in enumerate(codes):
            if code in codes[:index]:
                raise WrongAt(f"hai lĩnh vực có cùng một mã “{code}”", "topics", index, "code")
        for key, code in self.menu.items():
            if code not in codes:
                raise WrongAt(f"lĩnh vực “{code}” không có trong danh sách", "menu", key)
        if self.unknown not in codes:
            raise WrongAt(f"lĩnh vực “{self.unknown}” không có trong danh sách", "unknown")
        for index, topic in enumerate(self.topics):
            passed, around = {topic.code}, topic.within
            while around is not None:
                if around not in codes:
                    raise WrongAt(f"lĩnh vực “{around}” không có trong danh sách", "topics", index, "within")
                if around in passed:
                    raise WrongAt(f"lĩnh vực “{topic.code}” nằm trong chính nó", "topics", index, "within")
                passed.add(around)
                around = self._by_code[around].within
        return self

    @cached_property
    def _by_code(self) -> dict[str, Topic]:
        return {topic.code: topic for topic in self.topics}

    @property
    def codes(self) -> Collection[str]:
        """The code of every topic."""
        return self._by_code.keys()

    def topic(self, code: str | None) -> Topic:
        """The topic of ``code``; without a code the unknown topic. Raises HotlineError for a code nobody knows."""
        try:
            return self._by_code[code or self.unknown]
        except KeyError:
            raise HotlineError(f"Không có lĩnh vực “{code}”") from None

    def is_referred(self, code: str) -> bool:
        """Whether the hotline only says where such a matter belongs (complaints, denunciations)."""
        return code in self._by_code and self._by_code[code].referral is not None

    def name_of(self, code: str) -> str:
        """What people read for ``code``; the code itself when the topic has been taken out of the file."""
        return self._by_code[code].name if code in self._by_code else code

    def of_key(self, key: str) -> Topic | None:
        """The topic that ``key`` of the main menu stands for."""
        code = self.menu.get(key)
        return self._by_code[code] if code else None

    def wider(self, code: str) -> tuple[str, ...]:
        """``code`` and every wider topic around it, the narrowest first; a topic taken out of the file stands alone."""
        chain = [code]
        while chain[-1] in self._by_code and (within := self._by_code[chain[-1]].within) is not None:
            chain.append(within)
        return tuple(chain)
