"""All sources of figures, by name."""

from collections.abc import Mapping

from gridcase.measures.queries.of_cases import CASES
from gridcase.measures.queries.tables import Table
from gridcase.measures.rules import Source

TABLES: Mapping[Source, Table] = {table.source: table for table in (CASES,)}
