"""The one tree of things that can be wrong with what was asked. http.py turns each into a response by one table."""

from collections.abc import Mapping, Sequence

FieldErrors = Mapping[str, Sequence[str]]


class Problem(Exception):
    """Something a person can mend, said in a sentence for that person.

    Args:
        message: one Chinese sentence that says what to do.
        errors: the fields concerned, each with its sentences.
    """

    code = "problem"
    # Seconds after which the same may be tried again, where that helps.
    wait: int | None = None

    def __init__(self, message: str, errors: FieldErrors | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.errors = {field: list(sentences) for field, sentences in (errors or {}).items()}


class Malformed(Problem):
    """The request cannot be read at all: broken JSON, broken UTF-8, too deep."""

    code = "malformed"


class Invalid(Problem):
    """The request can be read, but a field breaks a rule."""

    code = "invalid"


class NotSignedIn(Problem):
    """Nobody is known to be asking."""

    code = "not_signed_in"


class NotAllowed(Problem):
    """Somebody asks who may not."""

    code = "not_allowed"


class NotFound(Problem):
    """It does not exist, or not for the one who asks."""

    code = "not_found"


class WrongState(Problem):
    """The step does not fit the state the complaint is in."""

    code = "wrong_state"


class Conflict(Problem):
    """The same key was used for something else."""

    code = "conflict"


class Stale(Problem):
    """Somebody else changed it since it was read."""

    code = "stale"


class TooOften(Problem):
    """Too many tries in too short a time; `wait` seconds are to pass before the next."""

    code = "too_often"

    def __init__(self, message: str, wait: int) -> None:
        super().__init__(message)
        self.wait = wait


class Unavailable(Problem):
    """Something the service needs does not answer."""

    code = "unavailable"
    wait = 5
