"""Numbers and the rows behind them; every statement stays within what the viewer's posts reach."""

from gridcase.measures.queries.counting import Number, Row, Values, values
from gridcase.measures.queries.groups import Group, Label, narrowed_to
from gridcase.measures.queries.listing import heads, may_tell_apart, opens, rows
from gridcase.measures.queries.tables import Line

__all__ = [
    "Group",
    "Label",
    "Line",
    "Number",
    "Row",
    "Values",
    "heads",
    "may_tell_apart",
    "narrowed_to",
    "opens",
    "rows",
    "values",
]
