"""What a run left for pipelines, corrected where it turns red after all that was made."""

import contextlib
from dataclasses import replace

import pytest

from connector_harness.plugin.ending.documents import documents_folder, pipeline_of
from connector_harness.report.allure.result import ResultsFolder
from connector_harness.results.reader import ResultsError, read_results
from connector_harness.results.run_facts import RUN_FILE, read_run


def turn_red(config: pytest.Config, folder: ResultsFolder, *, since_s: float) -> None:
    """Let no document for a program call the run green; those that cannot be written stay.

    Args:
        config: pytest's configuration.
        folder: Where the results are.
        since_s: The facts of a run that began before this time are those of another one.
    """
    run = read_run(folder.path)
    if run is None or run.start < since_s * 1000:
        return
    with contextlib.suppress(OSError, ResultsError):
        red = replace(run, exit_code=int(pytest.ExitCode.TESTS_FAILED))
        folder.write_document(RUN_FILE, red.document)
        pipeline = pipeline_of(config, documents_folder(config, folder.path))
        pipeline.turn_red(read_results(folder.path))
