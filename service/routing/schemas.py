"""What an administrator fills in for a directive."""

import re
from typing import Any

from marshmallow import fields

from service.complaints.rules import CHANNELS
from service.directory.rules import NATURES
from service.fields import Choice, Day, Schema, Several, Text
from service.routing.directives import PRIORITIES
from service.sentences import Pattern, say

CODE = 60
SEPARATORS = re.compile(r"[\n、，,；;]+")
MOST_WORDS, SHORTEST, LONGEST = 50, 2, 30


class Words(Text):
    """Several words in one text, apart by lines or commas."""

    default_error_messages = {
        "many": say("最多 %(most)s 个词。", most=MOST_WORDS),
        "length": Pattern("每个词 %(least)s 到 %(longest)s 个字：%(word)s。"),
    }

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        parts = SEPARATORS.split(super()._deserialize(value, *args, **kwargs))
        found = list(dict.fromkeys(word for part in parts if (word := part.strip())))
        if len(found) > MOST_WORDS:
            raise self.make_error("many")
        wrong = next((word for word in found if not SHORTEST <= len(word) <= LONGEST), None)
        if wrong is not None:
            raise self.make_error("length", word=wrong, least=SHORTEST, longest=LONGEST)
        return found

    def _serialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return "\n".join(value or ())


class DirectiveSchema(Schema):
    """A directive as its form fills it in; the target is a kind of department, at a place or nearest to the matter."""

    name = Text(most=40, required=True)
    categories = Several(fields.String(), most=100)
    places = Several(fields.String(), most=200)
    respondents = Words(most=2000, lines=True)
    words = Words(most=2000, lines=True)
    channels = Several(Choice(CHANNELS), most=len(CHANNELS))
    natures = Several(Choice(NATURES), most=len(NATURES))
    kind = Text(most=CODE, required=True)
    place = Text(most=CODE)
    priority = Choice(PRIORITIES, load_default="ordinary")
    begins = Day()
    ends = Day()
    note = Text(most=500, lines=True)
