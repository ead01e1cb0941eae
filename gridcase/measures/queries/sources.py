"""All sources of figures, by name."""

from collections.abc import Mapping

from gridcase.measures.queries.beside_cases import CALLS, MEDIATIONS, STEPS, WHISTLES
from gridcase.measures.queries.of_affairs import ACTIVITIES, HELPERS
from gridcase.measures.queries.of_campaigns import CAMPAIGNS
from gridcase.measures.queries.of_cases import CASES
from gridcase.measures.queries.of_homes import HOMES, VISITS
from gridcase.measures.queries.of_points import ENTRIES, NOTICES, REDEMPTIONS
from gridcase.measures.queries.tables import Table
from gridcase.measures.rules import Source

_ALL = (
    CASES, STEPS, WHISTLES, CALLS, MEDIATIONS, HOMES, VISITS, ENTRIES, NOTICES, REDEMPTIONS, ACTIVITIES, HELPERS,
    CAMPAIGNS,
)  # fmt: skip
TABLES: Mapping[Source, Table] = {table.source: table for table in _ALL}
