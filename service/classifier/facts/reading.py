"""All facts of a text at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from service.classifier.facts.atlas import Mention, Places, places
from service.classifier.facts.dates import Date, Period, dates, periods
from service.classifier.facts.documents import Document, documents
from service.classifier.facts.letters import half
from service.classifier.facts.money import Sum, owed, sums
from service.classifier.facts.names import Name, names
from service.classifier.facts.personal import Personal, personal
from service.classifier.facts.respondent import respondent
from service.directory.rules import Directory


@dataclass(frozen=True)
class Facts:
    """What a text states; None and nothing where it does not say.

    Attributes:
        amount: what is owed or claimed, of all `sums`.
        place: code of where the matter lies; `mention` is where the text says so.
        respondent: the body or person complained of.
        protected: numbers of persons and firms.
    """

    amount: Sum | None = None
    sums: Sequence[Sum] = ()
    place: str | None = None
    mention: Mention | None = None
    respondent: Name | None = None
    dates: Sequence[Date] = ()
    periods: Sequence[Period] = ()
    documents: Sequence[Document] = ()
    protected: Sequence[Personal] = field(default=())


def read(text: str, directory: Directory, today: date) -> Facts:
    """The facts of a text; relative dates as seen from `today`."""
    letters = half(text)
    protected = list(personal(letters))
    said = dates(text, letters, today)
    papers = documents(text, letters)
    spans = [(one.start, one.end) for part in (protected, said, papers) for one in part]
    found = sums(text, letters, spans)
    where = places(text, directory.places.values())
    borders = {mention.end: mention.start for mention in where.mentions}
    against = respondent(letters, names(text, letters, borders, directory))
    place = _nearer(where, against, directory)
    return Facts(
        amount=owed(found),
        sums=found,
        place=place,
        mention=next((mention for mention in where.mentions if mention.codes == (place,)), None),
        respondent=against,
        dates=said,
        periods=periods(text, letters, said),
        documents=papers,
        protected=protected,
    )


def _nearer(where: Places, against: Name | None, directory: Directory) -> str | None:
    """The place of a text or, where that leaves several open, the one in the respondent's name."""
    inside = (one for one in where.mentions if against and against.start <= one.start and one.end <= against.end)
    codes = [one.codes[0] for one in inside if len(one.codes) == 1]
    below = bool(codes) and (where.place is None or where.place in directory.chain(codes[-1]))
    return codes[-1] if below and directory.superior(codes[-1]) else where.place
