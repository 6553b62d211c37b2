"""The bullet of one indicator: level, shape, change since the previous edition, benchmark, reach, tails, options."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.narrative.words import DOWN, EQUAL, NEAR, UP, amount, capital, listed, order, ranked, verdict
from analysis.narrative.writing import CLUSTERS, Desk, clusters, counted, f, in_clusters
from analysis.publish.numbers import NBSP

CHOICES = ("category_score", "score_and_ticks")
LISTED_AT_LEAST = 3
CLOSE = 0.9  # a mean not below this share of the median says nothing about the shape
_MOVED = {UP: "wzrosła", DOWN: "spadła", EQUAL: "nie zmieniła się", NEAR: "prawie się nie zmieniła"}
_RELATION = {"lt": "mniej niż", "ge": "co najmniej", "gt": "więcej niż"}
_BASES = {"members": "wszystkich członków badanych klastrów", "enterprises": "wszystkich przedsiębiorstw klastrowych"}


@dataclass(frozen=True)
class IndicatorWriter:
    """Writes the bullet of one indicator."""

    desk: Desk
    code: str

    def _id(self, name: str) -> str:
        return f"profile.{self.code}.{name}"

    def _has(self, *names: str) -> bool:
        return self.desk.has(*(self._id(name) for name in names))

    @property
    def _place(self) -> int:
        return self.desk.grammar.place(self.code)

    def _word(self, name: str) -> str:
        return self.desk.grammar.words(self.code)[name]

    def _amount(self, name: str, *, genitive: bool = False) -> str:
        """Print a number of the indicator with its noun, where it has one."""
        fact_id, forms = self._id(name), self._word("forms")
        if not forms:
            return f(fact_id)
        one, few, many, other = forms.split("|")
        if self.desk.fact(fact_id)["unit"] == "thousand_persons":
            return f(fact_id) + NBSP + many
        return counted(fact_id, other, many, many, other) if genitive else counted(fact_id, one, few, many, other)

    def _bare(self, name: str) -> str:
        """Print a number without its noun; thousands of persons keep it, so that 'tys.' does not end a sentence."""
        fact_id = self._id(name)
        return f(fact_id) + (NBSP + "osób" if self.desk.fact(fact_id)["unit"] == "thousand_persons" else "")

    def _verb(self, name: str) -> str:
        one, few, many = self._word("verb").split("|")
        return self.desk.plural(self._id(name), (one, few, many))

    # --- parts --------------------------------------------------------------------------------------------------------

    def level(self) -> str:
        """Mean and median."""
        unit = self.desk.fact(self._id("mean"))["unit"]
        zero = self.desk.value(self._id("median")) == 0
        relative = unit in ("percent", "points")
        pattern = self._place % 2 if relative else self._place % 4
        mean, bare = self._amount("mean"), self._bare("median")
        if zero:
            first = f"Średnio jest to {mean}" if relative or pattern % 2 else f"Na klaster przypada średnio {mean}"
            return f"{first}, ale mediana jest zerowa."
        if relative:
            return (f"Średnio jest to {mean}, a mediana wynosi {bare}.", f"Średnia to {mean}, mediana {bare}.")[pattern]
        return (
            f"Na klaster przypada średnio {mean}, a mediana to {self._amount('median')}.",
            f"Średnia wynosi {mean}, mediana {bare}.",
            f"Średnio jest to {mean}; połowa klastrów nie przekracza {self._amount('median', genitive=True)}.",
            f"Przeciętnie to {mean} na klaster, przy medianie {bare}.",
        )[pattern]

    def shape(self) -> str:
        """How far the mean stands from the median; empty where they are near or the median is zero."""
        mean, median = (self.desk.fact(self._id(m)) for m in ("mean", "median"))
        if median["value"] == 0 or verdict(mean, median, self.desk.words) in (EQUAL, NEAR):
            return ""
        ratio = amount(mean)[1] / amount(median)[1]
        double, many = self.desk.words.skewed
        if ratio > many:
            return (
                "Średnia jest wielokrotnie wyższa od mediany, bo podnoszą ją nieliczne klastry.",
                "Tak duża przewaga średniej nad medianą to skutek kilku bardzo wysokich wartości.",
                "Rozkład jest skrajnie asymetryczny: o średniej decyduje kilku liderów.",
            )[self._place % 3]
        if ratio > double:
            return (
                "Średnia ponad dwukrotnie przewyższa medianę, więc rozkład jest asymetryczny.",
                "Średnią wyraźnie podnoszą najwięksi: mediana jest ponad dwa razy niższa.",
                "Mediana nie sięga połowy średniej, co wskazuje na dużą rozpiętość między klastrami.",
            )[self._place % 3]
        return "" if ratio > CLOSE else "Mediana przewyższa średnią, którą obniżają słabsze klastry."

    def change(self) -> str:
        """Mean and median against the previous edition, or why they are not set against each other."""
        if self.desk.text(self._id("comparable")) == "no":
            return self._refusal()
        known = [m for m in ("mean", "median") if self._has(f"previous.{m}")]
        if not known:
            return ""
        facts = self.desk.fact
        moved = {m: verdict(facts(self._id(m)), facts(self._id(f"previous.{m}")), self.desk.words) for m in known}
        before = {m: f(self._id(f"previous.{m}")) for m in known}
        if len(known) == 1:
            name = {"mean": "średnia", "median": "mediana"}[known[0]]
            pattern = (
                f"{capital(name)} {_MOVED[moved[known[0]]]} (w poprzedniej edycji {before[known[0]]}).",
                f"W poprzedniej edycji {name} wynosiła {before[known[0]]}, a więc {_MOVED[moved[known[0]]]}.",
            )[self._place % 2]
            return pattern + self._reservation()
        mean, median = moved["mean"], moved["median"]
        both = f"{before['mean']} i {before['median']}"
        if mean == median:
            patterns = {
                UP: (
                    f"Obie wartości wzrosły (poprzednio {both}).",
                    f"W poprzedniej edycji było to {both}, obie miary zatem wzrosły.",
                ),
                DOWN: (
                    f"Obie wartości spadły (poprzednio {both}).",
                    f"W poprzedniej edycji było to {both}, obie miary zatem spadły.",
                ),
                EQUAL: ("Obie wartości są takie same jak w poprzedniej edycji.",) * 2,
                NEAR: (f"Obie wartości prawie się nie zmieniły (poprzednio {both}).",) * 2,
            }[mean]
            return patterns[self._place % 2] + self._reservation()
        if mean in (UP, DOWN) and median in (UP, DOWN):
            text = (
                f"Średnia {_MOVED[mean]} (poprzednio {before['mean']}), mimo że mediana {_MOVED[median]} "
                f"({before['median']})."
            )
        else:
            text = f"Od poprzedniej edycji średnia {_MOVED[mean]} ({before['mean']}), a mediana {_MOVED[median]}" + (
                "." if median == EQUAL else f" ({before['median']})."
            )
            if mean == EQUAL:
                text = (
                    f"Od poprzedniej edycji średnia nie zmieniła się, a mediana {_MOVED[median]} ({before['median']})."
                )
        return text + self._reservation()

    def _reservation(self) -> str:
        return f" Uwaga: {f(self._id('reason'))}." if self._has("reason") else ""

    def _refusal(self) -> str:
        """Say why nothing is compared, once for a sub-area where the reason is the same."""
        framework = self.desk.grammar.framework.indicators
        siblings = list(framework.index[framework["subarea"] == framework.at[self.code, "subarea"]])
        reason = self.desk.text(self._id("reason"))
        for other in siblings[: siblings.index(self.code)]:
            if self.desk.has(f"profile.{other}.reason") and self.desk.text(f"profile.{other}.reason") == reason:
                return ""
        return f"Wskaźnika nie porównuje się z poprzednią edycją ({f(self._id('reason'))})."

    def benchmark(self) -> str:
        """The best value, now and before."""
        now = self._amount("benchmark")
        if self._has("previous.benchmark"):
            moved = verdict(
                self.desk.fact(self._id("benchmark")), self.desk.fact(self._id("previous.benchmark")), self.desk.words
            )
            before = f(self._id("previous.benchmark"))
            if moved == EQUAL:
                return f"Benchmark pozostał bez zmian: {now}."
            if moved == NEAR:
                return f"Benchmark prawie się nie zmienił: wynosi {self._bare('benchmark')}, poprzednio {before}."
            verb = {UP: "wzrósł", DOWN: "spadł"}[moved]
            return (
                f"Benchmark {verb} z {before} do {self._bare('benchmark')}.",
                f"Najwyższa wartość {_MOVED[moved]}: było {before}, jest {self._bare('benchmark')}.",
            )[self._place % 2]
        return (
            f"Benchmark to {now}.",
            f"Najwyższa wartość wynosi {self._bare('benchmark')}.",
            f"Najlepszy wynik to {now}.",
        )[self._place % 3]

    def _against(self, name: str) -> str:
        """', więcej niż w poprzedniej edycji (27)' for a number of clusters; empty where nothing is known."""
        if not self._has(f"previous.{name}"):
            return ""
        before = self._id(f"previous.{name}")
        moved = order(self.desk.fact(self._id(name)), self.desk.fact(before))
        if moved == EQUAL:
            return ", tyle samo co w poprzedniej edycji"
        return f", {'więcej' if moved == UP else 'mniej'} niż w poprzedniej edycji ({f(before)})"

    def reach(self) -> str:
        """How many clusters have any of it, and how many have none."""
        if not self.desk.value(self._id("zeros")):
            return ""
        have = f"{self._word('object')} {self._verb('positive')} {clusters(self._id('positive'))}"
        against = self._against("positive")
        without = f"{in_clusters(self._id('zeros'))} {self._word('none')}"
        if self._has("previous.zeros"):
            without += f" (poprzednio w {f(self._id('previous.zeros'))})"
        if against:
            return f"{capital(have)}{against}. W {without}."
        link = (", a w", "; w")[self._place % 2]
        return f"{capital(have)}{link} {without}."

    def tails(self) -> str:
        """How many clusters stand beyond the thresholds of the framework."""
        out = []
        for i, (relation, name) in enumerate(self.desk.grammar.tails(self.code)):
            count = self._id(f"{name}.count")
            limit = f"{_RELATION[relation]} {self._amount(f'{name}.threshold', genitive=relation == 'lt')}"
            before = self._id(f"previous.{name}.count")
            then = f" (poprzednio {f(before)})" if self.desk.has(before) else ""
            if self.desk.value(count) == 0:
                out.append(f"Żaden klaster nie wykazuje {limit}.")
            elif (self._place + i) % 2:
                verb = self.desk.plural(count, ("wykazuje", "wykazują", "wykazuje"))
                out.append(f"{capital(limit)} {verb} {clusters(count)}{then}.")
            else:
                out.append(f"W {in_clusters(count)}{then} jest to {limit}.")
        return " ".join(out)

    def share(self) -> str:
        """The total, and its share of all members or enterprises."""
        base = self._word("base")
        total = self._amount("total")
        if base:
            text = f"Łącznie to {total}, czyli {f(self._id('share'))} {_BASES[base]}"
            if self._has("previous.share"):
                before = self._id("previous.share")
                moved = verdict(self.desk.fact(self._id("share")), self.desk.fact(before), self.desk.words)
                word = {UP: "wyższy niż", DOWN: "niższy niż", NEAR: "zbliżony do tego", EQUAL: "taki sam jak"}[moved]
                link = (
                    f" z poprzedniej edycji ({f(before)})" if moved == NEAR else f" w poprzedniej edycji ({f(before)})"
                )
                return f"{text}; udział ten jest {word}{link}."
            return f"{text}."
        if self._has("previous.total"):
            return f"Łącznie to {total}{self._against('total')}."
        return ""

    def missing(self) -> str:
        """How many clusters gave no value."""
        if not self.desk.value(self._id("missing")):
            return ""
        verb = self.desk.plural(self._id("missing"), ("podał", "podały", "podało"))
        return f"Wartości nie {verb} {clusters(self._id('missing'))}."

    def _entries(self, labels: dict[str, str], group: list[str]) -> str:
        """'a (12%)' or, where several are printed alike, 'a i b (po 12%)'."""
        share = f(f"option.{group[0]}.share")
        names = listed([labels[item] for item in group])
        return f"{names} ({'po ' if len(group) > 1 else ''}{share})"

    def options(self) -> str:
        """Shares of the options of the questions behind the indicator, the most frequent first."""
        out = []
        for question in filter(None, self._word("options").split(";")):
            labels = self.desk.grammar.option_labels(question, self._word("level"))
            known = {
                item: self.desk.fact(f"option.{item}.share") for item in labels if self.desk.has(f"option.{item}.share")
            }
            if not known:
                continue
            what, among = self.desk.grammar.question(question)
            start = f"wśród klastrów {among} najczęstsze {what}" if among else f"najczęstsze {what}"
            groups = ranked(known)
            if len(known) <= LISTED_AT_LEAST:
                rest = "; ".join(self._entries(labels, g) for g in groups)
                head = f"{what} wśród klastrów {among}" if among else what
                out.append(f"{capital(head)}: {rest}.")
                continue
            top: list[list[str]] = []
            while sum(map(len, top)) < LISTED_AT_LEAST:
                top.append(groups[len(top)])
            text = ", ".join(self._entries(labels, g) for g in top)
            if len(groups) > len(top):
                text += f"; najrzadziej: {self._entries(labels, groups[-1])}"
            out.append(f"{capital(start)}: {text}.")
        return " ".join([*out, self._option_changes()]).strip()

    def _option_changes(self) -> str:
        """Options whose share in the previous edition is known, by the direction of the change."""
        moved: dict[str, list[str]] = {}
        if self.desk.text(self._id("comparable")) == "no":
            return ""
        for question in filter(None, self._word("options").split(";")):
            labels = self.desk.grammar.option_labels(question, self._word("level"))
            for item, label in labels.items():
                before = f"previous.option.{item}.share"
                if self.desk.has(before, f"option.{item}.share"):
                    now = self.desk.fact(f"option.{item}.share")
                    way = order(now, self.desk.fact(before))
                    shown = f(f"option.{item}.share")
                    moved.setdefault(way, []).append(
                        f"{label} ({shown})" if way == EQUAL else f"{label} (z {f(before)} do {shown})"
                    )
        heads = {UP: "wzrósł udział", DOWN: "spadł udział", EQUAL: "nie zmienił się udział"}
        parts = [f"{heads[way]} odpowiedzi: {listed(moved[way])}" for way in (UP, DOWN, EQUAL) if way in moved]
        return f"Od poprzedniej edycji {'; '.join(parts)}." if parts else ""

    def yes(self) -> str:
        """The share of clusters that answered yes."""
        item = str(self.desk.grammar.framework.indicators.at[self.code, "items"])
        count, share = f"option.{item}.1.count", f"option.{item}.1.share"
        verb = self.desk.plural(count, tuple(self._word("verb").split("|")))  # type: ignore[arg-type]
        text = (
            f"{capital(self._word('object'))} {verb} {counted(count, *CLUSTERS)}, to jest {f(share)} odpowiadających."
        )
        before = f"previous.option.{item}.1.share"
        if self.desk.has(before):
            moved = order(self.desk.fact(share), self.desk.fact(before))
            verb = {UP: "wzrósł", DOWN: "spadł", EQUAL: "nie zmienił się"}[moved]
            text += f" Udział {verb} względem poprzedniej edycji ({f(before)})."
        return text

    def write(self) -> str:
        """The whole bullet: bold title and sentences."""
        rule = str(self.desk.grammar.framework.indicators.at[self.code, "rule"])
        if rule == "yes_no":
            parts = [self.yes()]
        elif rule in CHOICES:
            parts = [self.options()]
        else:
            parts = [
                self.level(), self.shape(), self.change(), self.benchmark(), self.reach(), self.tails(), self.share(),
                self.options(), self.missing(),
            ]  # fmt: skip
        return f"**{self._word('title')}.** " + " ".join(part for part in parts if part)
