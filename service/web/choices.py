"""The choices of places and categories, in groups as people look for them."""

from service.directory.rules import Directory

Groups = dict[str, str | dict[str, str]]


def places(book: Directory) -> Groups:
    """All places: the region, then each league with what lies in it."""
    groups: Groups = {book.region: book.places[book.region].name}
    for place in book.places.values():
        if place.parent == book.region:
            groups[place.name] = {code: book.places[code].name for code in book.subtree(place.code)}
    return groups


def categories(book: Directory) -> Groups:
    """All leaves that are in use, by family."""
    groups: dict[str, dict[str, str]] = {}
    for leaf in book.categories.values():
        if leaf.active:
            groups.setdefault(leaf.family_name, {})[leaf.code] = leaf.name
    return dict(groups)
