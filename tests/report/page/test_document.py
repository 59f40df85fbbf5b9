"""The living document is one file that can be read as it is."""

import re
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markupsafe import Markup

from connector_harness.report.page.document import Section, headline, page_of, render, write
from connector_harness.results.reader import read_results
from connector_harness.results.record import Phase, RecordedFailure, RecordedScenario, Status
from connector_harness.results.run_facts import Problem, Run
from connector_harness.results.totals import Totals
from tests.report.conversations import Talk
from tests.report.edits import edit
from tests.report.npm import chromium
from tests.report.runs import PARCELS, START_MS, write_facts, write_run

ROME = "A parcel abroad[Rome]"


class Links(HTMLParser):
    """What links of a page name, and what they can lead to."""

    def __init__(self, html: str) -> None:
        """Read the page."""
        super().__init__()
        self.ids: list[str] = []
        self.wanted: set[str] = set()
        self.others: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note ids and addresses."""
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            elif name == "href" and value and value.startswith("#"):
                self.wanted.add(value[1:])
            elif name in ("href", "src"):
                self.others.append(f"{tag} {value}")


@pytest.fixture
def html(tmp_path: Path) -> str:
    """The document of a run in which one scenario failed."""
    return render(page_of(read_results(write_run(tmp_path, failed=("One parcel",)))))


def test_page_needs_nothing_else(html: str) -> None:
    """No file, no font and no server is asked for anything."""
    assert Links(html).others == []
    assert re.search(r"url\(|@import|https?://", html) is None


def seen_by_a_browser(html: str, tmp_path: Path) -> str:
    """Return *html* as it is once its scripts have run."""
    file = tmp_path / "page.html"
    file.write_text(html, encoding="utf-8")
    words = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile")
    command = [chromium(), *words, "--dump-dom", file.as_uri()]
    run = subprocess.run(command, check=True, timeout=60, capture_output=True, text=True)  # noqa: S603 - ours
    return run.stdout


FORGED = """<script>document.title = "forged"</script>
<img src="x" onerror="document.title = 'forged'"><style>#spec { display: none }</style>
<base href="https://elsewhere.test/"><script src="data:text/javascript,document.title='forged'">
</script><script>document.title = getComputedStyle(spec).display + document.title</script>"""


def test_browser_runs_our_script_alone(html: str, tmp_path: Path) -> None:
    """The page does what it does, and nothing that got into it does anything."""
    seen = seen_by_a_browser(html.replace("</body>", f"{FORGED}</body>"), tmp_path)

    title = seen.partition("<title>")[2].partition("</title>")[0]
    assert title.endswith("living specification")
    assert 'id="filter" hidden' in html
    assert re.search('<form id="filter"[^>]* hidden', seen) is None


def test_policy_lets_nothing_else_in(html: str) -> None:
    """What is not named is refused: no page, image, frame, font, script or address elsewhere."""
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))

    assert (rules["default-src"], rules["base-uri"], rules["form-action"]) == ("'none'",) * 3
    assert [
        re.sub("'sha256-[^']{44}'", "ours", rules[f"{kind}-src"]) for kind in ("script", "style")
    ] == ["ours"] * 2
    # What stands before it is not held to it.
    assert html.index("Content-Security-Policy") < min(html.index("<style"), html.index("<script"))


def test_links_lead_somewhere(html: str) -> None:
    """Each link has one target, and no target is there twice."""
    links = Links(html)

    assert links.wanted <= set(links.ids)
    assert len(links.ids) == len(set(links.ids))


def test_failures_come_first(html: str) -> None:
    """What failed is told before anything else, with its sentence and the reason."""
    first = html.index('id="failing"')

    assert first < html.index('id="feature-parcels"')
    assert "Then it arrives in 3 days" in html[first : first + 600]
    assert "It is late" in html[first : first + 600]


def test_words_of_features_are_no_markup(html: str) -> None:
    """What stands in a feature is shown as it is written."""
    assert "&lt;b&gt;whose&lt;/b&gt;" in html


def test_said_script_is_no_script(tmp_path: Path) -> None:
    """What somebody says in a conversation cannot end a part of the page."""
    write_run(tmp_path)
    said = Talk().say("</script><script>alert(1)</script>", 0)
    edit(tmp_path, "One parcel", lambda record: record.steps.append(said.step))

    html = render(page_of(read_results(tmp_path)))

    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html


def test_section_of_another_module_is_shown(tmp_path: Path) -> None:
    """A section that somebody else made stands in the page and in its contents."""
    extra = Section("coverage", "Coverage", Markup("<p>All of it</p>"))

    page = page_of(read_results(write_run(tmp_path)))
    html = render(replace(page, sections=(extra,)))

    assert "<p>All of it</p>" in html
    assert 'href="#coverage"' in html


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((("passed", 3),), "All 3 scenarios passed"),
        ((("passed", 3), ("not run", 1)), "3 scenarios passed"),
        ((("failed", 1), ("passed", 3)), "1 of 4 scenarios failed"),
        (
            (("failed", 1), ("in quarantine", 2), ("passed", 3)),
            "1 of 6 scenarios failed, 2 more in quarantine",
        ),
        (
            (("in quarantine", 2), ("passed", 3)),
            "3 of 5 scenarios passed, 2 failed in quarantine",
        ),
        ((("passed", 1),), "The one scenario passed"),
        ((("not run", 2),), "No scenario was run"),
    ],
)
def test_headline_is_the_result(counts: tuple[tuple[str, int], ...], words: str) -> None:
    """The first line says how it went."""
    told = tuple((Status(status), count) for status, count in counts)

    assert headline(Totals(told)) == words


def test_half_a_page_is_never_seen(tmp_path: Path) -> None:
    """The file is there at once, and no draft stays."""
    write(page_of(read_results(write_run(tmp_path / "results"))), tmp_path / "out")

    assert [file.name for file in (tmp_path / "out").iterdir()] == ["spec.html"]


@pytest.mark.parametrize(
    ("exit_code", "words"),
    [
        (0, "All 3 scenarios passed"),
        (1, "All 3 scenarios passed, but the run did not end well (exit code 1)"),
    ],
)
def test_red_run_does_not_read_as_green(tmp_path: Path, exit_code: int, words: str) -> None:
    """What made a run red besides its scenarios, such as a leak, shows in the headline."""
    write_run(tmp_path)
    run = Run(START_MS, START_MS + 1, exit_code, 1, ())
    write_facts(tmp_path, run)
    assert page_of(read_results(tmp_path)).headline == words


def test_failure_and_what_is_wrong_beside_it_are_one_sentence(tmp_path: Path) -> None:
    """Nothing is set against a failure."""
    write_run(tmp_path, failed=("One parcel",))
    wrong = Problem("the end broke: no disk")
    write_facts(tmp_path, Run(START_MS, START_MS + 1, 1, problems=(wrong,)))
    headline = page_of(read_results(tmp_path)).headline
    assert headline == "1 of 3 scenarios failed, and the end broke"


def test_row_that_failed_is_named_by_its_values(tmp_path: Path) -> None:
    """Where the title has no placeholder, several rows would look alike."""
    source = PARCELS.replace("A parcel to <place>", "A parcel abroad")

    html = render(page_of(read_results(write_run(tmp_path, source, failed=(ROME,)))))

    assert f">{ROME}</a>" in html.partition('id="failing"')[2].partition("</section>")[0]


def words_of(html: str) -> str:
    """Return the text of a page, its tags as blanks."""
    return " ".join(re.sub("<[^>]+>", " ", html).split())


@pytest.mark.parametrize("phase", [None, Phase.SETUP])
def test_step_that_did_not_run_says_so(tmp_path: Path, phase: Phase | None) -> None:
    """Read as text it would look as if it had passed."""

    def change(record: RecordedScenario) -> None:
        record.status, record.failure = Status.BROKEN, RecordedFailure(reason="no", phase=phase)
        record.steps[-2].status = Status.NOT_RUN if phase else Status.BROKEN
        record.steps[-1].status = Status.NOT_RUN

    write_run(tmp_path)
    edit(tmp_path, "One parcel", change)

    text = words_of(render(page_of(read_results(tmp_path))))

    first = "not run: a parcel" if phase else "failed: a parcel"
    assert f"Given {first} Then not run: it arrives in 3 days" in text


@pytest.mark.parametrize(
    ("count", "told"), [(13, "and 12 more"), (3, "and 2 more"), (1, ""), (0, "")]
)
def test_differences_besides_the_first_are_counted(tmp_path: Path, count: int, told: str) -> None:
    """What failed shows one of them, and leads to the others."""
    write_run(tmp_path, failed=("One parcel",))

    def change(record: RecordedScenario) -> None:
        assert record.failure is not None
        record.failure.count = count

    edit(tmp_path, "One parcel", change)

    html = render(page_of(read_results(tmp_path)))

    found = html.partition('id="failing"')[2].partition("</section>")[0]
    assert re.findall('<a href="#parcels-one-parcel">(and .*?)</a>', found) == [told] * bool(told)


def test_scenario_without_a_then_says_that_it_checks_nothing(tmp_path: Path) -> None:
    """Green, it would look as the others do."""
    source = PARCELS.replace("      Then it arrives in 3 days\n", "")

    html = render(page_of(read_results(write_run(tmp_path, source))))

    assert words_of(html).count("no Then: it checks nothing but that its steps run") == 1
