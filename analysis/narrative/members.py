"""The members' view of a sub-area: shares and ratings from their own questionnaire."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.narrative.words import DOWN, EQUAL, UP, capital, order, ranked
from analysis.narrative.writing import Desk, f

SHARE, RATING, GAP = "share", "rating", "gap"


@dataclass(frozen=True)
class MembersWriter:
    """Writes the members' view of one sub-area."""

    desk: Desk
    code: str

    def _most(self, fact_id: str) -> str:
        """A word for the share, feminine, by the thresholds of the method."""
        value = self.desk.value(fact_id)
        minority, half, most = self.desk.words.majority
        if self.desk.shown(fact_id) == "50,0%":
            return "połowa"
        if value >= most:
            return "zdecydowana większość"
        if value > half:
            return "ponad połowa"
        return "mniej niż połowa" if value >= minority else "mniejszość"

    def _rated(self, fact_ids: list[str]) -> str:
        """How ratings lie on the scale: 'wysoko', 'nisko', 'przeciętnie', or that they differ."""
        low, high, top = self.desk.words.rating_words
        values = [self.desk.value(i) for i in fact_ids]
        if min(values) >= top:
            return "bardzo wysoko"
        if min(values) >= high:
            return "wysoko"
        if max(values) < low:
            return "nisko"
        return "umiarkowanie" if max(values) < high and min(values) >= low else "niejednakowo"

    def _gap(self, topic: str, what: str) -> str:
        """What members think of the coordinator's work on a topic against how much they want it."""
        rated, wanted = (f"members.{question}.{topic}.mean" for question in ("Q24", "Q25"))
        word = {
            UP: "oczekiwania wyprzedzają więc ocenę",
            DOWN: "ocena jest więc wyższa niż oczekiwania",
            EQUAL: "oczekiwania i ocena są więc równe",
        }[order(self.desk.fact(wanted), self.desk.fact(rated))]
        return (
            f"Działania koordynatora w dziedzinie {what} członkowie oceniają na {f(rated)}, a potrzebę takich działań "
            f"w przyszłości na {f(wanted)} (skala od jednego do pięciu): {word}.",
            f"W skali od jednego do pięciu działania koordynatora w dziedzinie {what} mają ocenę {f(rated)}, "
            f"a potrzeba takich działań w przyszłości {f(wanted)}: {word}.",
            f"Członkowie dają działaniom koordynatora w dziedzinie {what} ocenę {f(rated)}, a przyszłej potrzebie "
            f"takich działań {f(wanted)} (w skali od jednego do pięciu): {word}.",
        )[self.desk.grammar.place(self.code) % 3]

    def write(self) -> str:
        """The whole bullet; empty where no question belongs to the sub-area."""
        table = self.desk.grammar.members
        rows = table[table["subarea"] == self.code].to_dict("records")
        sentences: list[str] = []
        done: set[str] = set()
        for row in rows:
            fact_id = f"members.{row['fact']}"
            if row["kind"] == SHARE:
                text = str(row["text"]).replace("{value}", f(fact_id))
                sentences.append(capital(text.replace("{most}", self._most(fact_id))) + ".")
            elif row["kind"] == GAP:
                sentences.append(self._gap(str(row["fact"]), str(row["text"])))
            elif row["kind"] == RATING and row["intro"] not in done:
                done.add(str(row["intro"]))
                rated = {f"members.{r['fact']}": str(r["text"]) for r in rows if r["intro"] == row["intro"]}
                groups = ranked({i: self.desk.fact(i) for i in rated})
                parts = [f"{rated[i]} ({f(i)})" for group in groups for i in group]
                sentences.append(f"{row['intro']} oceniają {self._rated(list(rated))}: {', '.join(parts)}.")
        return f"**Perspektywa członków klastra.** {' '.join(sentences)}" if sentences else ""
