"""An answer as it is written."""

from typing import Any

from marshmallow import post_load

from service.fields import Count, Day, Flag, Schema, Text

SEPARATORS = str.maketrans("，,；;\n", "、、、、、")


class CaseSchema(Schema):
    """What a case says."""

    question = Text(most=200, required=True)
    answer = Text(most=4000, lines=True, required=True)
    words = Text(most=500, lines=True)
    source = Text(most=200)

    @post_load
    def apart(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The words one by one, as people separate them."""
        said = data.get("words", "").translate(SEPARATORS).split("、")
        return {**data, "words": [word.strip() for word in said if word.strip()]}


class AnswerSchema(CaseSchema):
    """What can be said to a question, and where it may be told."""

    category = Text(most=80)
    public = Flag(load_default=False)
    valid_until = Day()
    active = Flag(load_default=False)
    version = Count(least=1, most=10**6, load_default=1)
