"""A text's letters, one for one: full width to half, so that every place in it stays."""

_HALF = {code + 0xFEE0: chr(code) for code in range(0x21, 0x7F)} | dict.fromkeys((0x2010, 0x2011, 0x2013, 0x2014), "-")
_HALF |= {0x3000: " "}
STOPS = ",;。!?\n"  # where a clause ends, in half width


def half(text: str) -> str:
    """Full-width digits, letters and signs as half-width ones."""
    return text.translate(_HALF)


def clause_start(text: str, at: int, reach: int) -> int:
    """Where the clause begins in which a place lies, at most `reach` before; a comma inside a number ends nothing."""
    least = max(0, at - reach)
    for here in range(at - 1, least - 1, -1):
        if text[here] in STOPS and not (
            text[here] == "," and text[here - 1 : here].isdigit() and text[here + 1].isdigit()
        ):
            return here + 1
    return least


def clause_end(text: str, at: int, reach: int) -> int:
    """Where the clause ends in which a place lies, at most `reach` behind."""
    most = min(len(text), at + reach)
    return next((here for here in range(at, most) if text[here] in STOPS), most)


def words(table: str) -> tuple[str, ...]:
    """The words of a table that is written with blanks between them."""
    return tuple(table.split())
