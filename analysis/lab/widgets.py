"""The laboratory as widgets: a control for each key, results beside them, a button that saves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w
import pandas as pd

from analysis.errors import KlastryError
from analysis.lab.controls import Control
from analysis.lab.laboratory import Laboratory

WIDE = {"description_width": "150px"}


def widget_of(control: Control) -> Any:
    """Return the widget of a control, with its present value."""
    common = {"description": control.key, "tooltip": control.description, "style": WIDE}
    layout = w.Layout(width="360px")
    if control.kind == "choice":
        return w.Dropdown(options=list(control.options), value=control.value, layout=layout, **common)
    if control.kind == "switch":
        return w.Checkbox(value=control.value, layout=layout, **common)
    if control.kind == "whole":
        return w.BoundedIntText(value=control.value, min=int(control.low or 0), max=1000, layout=layout, **common)
    if control.low is not None and control.high is not None:
        bounds = {"min": control.low, "max": control.high, "step": 0.05}
        return w.FloatSlider(value=control.value, continuous_update=False, layout=layout, **bounds, **common)
    return w.FloatText(value=control.value, step=0.25, layout=layout, **common)


def _html(title: str, table: pd.DataFrame, decimals: int = 3) -> str:
    ranks = [c for c in table.columns if str(c).startswith("rank_")]  # halves only where ties are averaged
    html = table.round(decimals).to_html(
        index=False, border=0, na_rep="", formatters=dict.fromkeys(ranks, "{:g}".format)
    )
    return f"<h4>{title}</h4>{html}"


class LaboratoryView:
    """The widgets of a laboratory; `box` is what a notebook shows.

    `inputs` maps `section.key` to its widget: setting `.value` does what a hand does.
    """

    def __init__(self, lab: Laboratory) -> None:
        self.lab = lab
        self.message = w.HTML()
        self.tables = {name: w.HTML() for name in ("scores", "medians", "agreement", "facts")}
        self.inputs: dict[str, Any] = {}
        self._resetting = False
        sections: dict[str, list[Any]] = {}
        for control in lab.controls:
            made = widget_of(control)
            made.observe(self._moved(control.name), names="value")
            self.inputs[control.name] = made
            sections.setdefault(control.section, []).append(made)
        knobs = w.Accordion([w.VBox(items) for items in sections.values()], titles=tuple(sections))
        knobs.selected_index = list(sections).index("treatment")
        self.name = w.Text(placeholder="my_variant", description="save as", style=WIDE)
        self.about = w.Text(placeholder="what it is, in one line", description="description", style=WIDE)
        auto = w.Layout(width="auto")  # the whole text of a button
        save, reset = (
            w.Button(description="Save variant", layout=auto),
            w.Button(description="Back to published", layout=auto),
        )
        save.on_click(lambda _button: self.save())
        reset.on_click(lambda _button: self.reset())
        left = w.VBox([knobs, self.name, self.about, w.HBox([save, reset])], layout=w.Layout(min_width="400px"))
        titles = ("Scores and ranks", "Group medians", "Agreement", "Facts that change")
        right = w.VBox([self.message, w.Tab(list(self.tables.values()), titles=titles)])
        self.box = w.HBox([left, right])
        self.refresh()

    def _moved(self, name: str) -> Callable[[Any], None]:
        def react(change: Any) -> None:
            if self._resetting:
                return
            try:
                self.lab.set(name, change["new"])
            except KlastryError as error:
                self._say(str(error), failed=True)
                return
            self.refresh()

        return react

    def _say(self, text: str, *, failed: bool = False) -> None:
        escaped = text.replace("&", "&amp;").replace("<", "&lt;")
        self.message.value = f"<p style='color:{'#a40000' if failed else '#17456B'}'>{escaped}</p>"

    def refresh(self) -> None:
        """Compute and show; a setting that cannot be applied says why, the tables of the last one stay."""
        try:
            result = self.lab.result()
        except KlastryError as error:
            self._say(str(error), failed=True)
            return
        row = result.agreement.set_index("code").loc["ALL"]
        moved = ", ".join(f"{s}.{k} = {v}" for s, keys in self.lab.changes.items() for k, v in keys.items())
        self._say(
            f"{moved or 'the published method'}: Kendall {row['kendall']:.3f}, {row['moved']:.0f} ranks differ, "
            f"at most by {row['largest_shift']:.0f}; {len(result.facts)} facts of the report change"
        )
        legend = "a = published, b = as set"
        self.tables["scores"].value = _html(f"Overall score ({legend})", result.overall.drop(columns="code"))
        self.tables["medians"].value = _html(f"Medians of the overall score ({legend})", result.medians)
        self.tables["agreement"].value = _html("Rank correlations with the published method", result.agreement)
        self.tables["facts"].value = _html("Facts that change", result.facts.head(200))

    def save(self) -> None:
        """Save the setting under the name in the box."""
        try:
            path = self.lab.save(self.name.value.strip(), self.about.value)
        except KlastryError as error:
            self._say(str(error), failed=True)
            return
        self._say(f"saved as {path.name}; build with it: make report METHOD={path.stem}")

    def reset(self) -> None:
        """Return everything to the published method."""
        self.lab.reset()
        self._resetting = True
        for control in self.lab.controls:
            self.inputs[control.name].value = control.value
        self._resetting = False
        self.refresh()
