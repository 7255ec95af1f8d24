"""The chart of a report, as SVG that needs nothing from anywhere else."""

import importlib
import sys
from types import ModuleType
from typing import Any

from agents.finance.report import ReportFacts, title

BARS = 24


def svg(facts: ReportFacts) -> bytes:
    """Draw the months, or for a report about spending the categories."""
    pygal = _pygal()
    chart = pygal.Bar(
        js=[],
        title=title(facts),
        disable_xml_declaration=True,
        explicit_size=True,
        pretty_print=False,
        x_label_rotation=45,
        no_data_text="No rows are stored",
        human_readable=True,
        value_formatter="{:,.2f}".format,
    )
    # Otherwise a random one.
    chart.uuid = "report"
    labels, series = _series(facts)
    chart.x_labels = labels
    for name, values in series.items():
        chart.add(name, values)
    chart.add_xml_filter(_bare)
    rendered: str = chart.render(is_unicode=True)
    return rendered.encode()


def _bare(root: Any) -> Any:
    """Take out scripts, and comments: these hold a date, and the same facts shall give the same bytes."""
    for parent in list(root.iter()):
        for child in list(parent):
            # The tag of a comment is no text.
            if not isinstance(child.tag, str) or child.tag.endswith("script"):
                parent.remove(child)
    return root


def _pygal() -> ModuleType:
    """Import the library; only those who ask for a chart wait the tenth of a second it takes."""
    pygal = importlib.import_module("pygal")
    # It hooks itself into every later import, in a form that Python deprecates; nothing here needs that.
    # Only its own hook goes: what its dependencies put there finds the installed packages.
    own = [finder for finder in sys.meta_path if type(finder).__module__.partition(".")[0] == "pygal"]
    for finder in own:
        sys.meta_path.remove(finder)
    return pygal


def _series(facts: ReportFacts) -> tuple[list[str], dict[str, list[float]]]:
    if facts.report_type == "spending":
        shown = [one for one in facts.by_category if one.spending != "0.00"][:BARS]
        return [one.category for one in shown], {"Spending": [float(one.spending) for one in shown]}
    months = facts.by_month[-BARS:]
    series = {
        "Income": [float(month.income) for month in months],
        "Spending": [float(month.spending) for month in months],
        "Net": [float(month.net) for month in months],
    }
    wanted = {"income": ["Income"], "cashflow": ["Net"]}.get(facts.report_type, list(series))
    return [month.month for month in months], {name: series[name] for name in wanted}
