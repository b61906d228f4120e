"""What the machine makes of a text that is not filed."""

from typing import Any

from service.accounts.rules import Reader
from service.classifier import operations as classifier
from service.complaints import reading
from service.directory.rules import Directory
from service.intake.rows import stored_suggestions


def classified(title: str, text: str, explained: bool, reader: Reader, book: Directory) -> dict[str, Any]:
    """Suggestions as this reader may see them.

    Args:
        explained: staff also get, for each suggestion, how its score came about.
    """
    understood = classifier.understand(text, title)
    told = reading.suggestions(stored_suggestions(understood.suggestions), book, reader.is_staff)
    if explained and reader.is_staff:
        told = [{**one, "explanation": classifier.explain(text, title, one["code"])} for one in told]
    return {"suggestions": told, "strange": understood.strange}
