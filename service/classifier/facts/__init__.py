"""Facts that a text states: sums, places, bodies, days, documents, and the numbers to protect."""

from service.classifier.facts.atlas import Mention, Place, Places, places
from service.classifier.facts.names import Name
from service.classifier.facts.personal import CREDIT, IDENTITY, PHONE, mask
from service.classifier.facts.reading import Facts, read

__all__ = ["CREDIT", "IDENTITY", "PHONE", "Facts", "Mention", "Name", "Place", "Places", "mask", "places", "read"]
