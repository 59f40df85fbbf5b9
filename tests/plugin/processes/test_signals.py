"""The signals that end a run become exceptions, at a moment that suits."""

import signal
from collections.abc import Iterator

import pytest

from connector_harness.plugin.processes.signals import StopSignals, Terminated

ENDING = [
    (signal.SIGINT, KeyboardInterrupt),
    (signal.SIGTERM, Terminated),
    (signal.SIGHUP, Terminated),
]


@pytest.fixture
def signals() -> Iterator[StopSignals]:
    """The signals of this process, taken over for a while."""
    signals = StopSignals()
    give_back = signals.install()
    yield signals
    give_back()


@pytest.mark.parametrize(("number", "error"), ENDING)
def test_a_signal_ends_what_is_under_way(
    signals: StopSignals, number: signal.Signals, error: type[KeyboardInterrupt]
) -> None:
    """It comes as an exception for which pytest ends the run in order."""
    assert signals.hears_sigterm
    with pytest.raises(error):
        signal.raise_signal(number)


@pytest.mark.parametrize(("number", "error"), ENDING)
def test_a_signal_waits_until_it_is_released(
    signals: StopSignals, number: signal.Signals, error: type[KeyboardInterrupt]
) -> None:
    """Nothing that has to be whole is cut in two."""
    signals.held = True
    signal.raise_signal(number)

    with pytest.raises(error):
        signals.release()
    signals.release()


def test_nothing_is_raised_where_no_signal_came(signals: StopSignals) -> None:
    """A result is written, and the run goes on."""
    signals.held = True
    signals.release()

    assert not signals.held


@pytest.mark.parametrize(("first", "error"), ENDING)
def test_sigterm_is_ignored_while_the_run_ends(
    signals: StopSignals, first: signal.Signals, error: type[KeyboardInterrupt]
) -> None:
    """Impatience does not cost the tidying up."""
    assert signals.hears_sigterm
    with pytest.raises(error):
        signal.raise_signal(first)

    signal.raise_signal(signal.SIGTERM)


def test_a_second_ctrl_c_is_heard(signals: StopSignals) -> None:
    """Whoever presses it twice does not want to wait."""
    assert signals.hears_sigterm
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_a_handler_of_somebody_else_stays() -> None:
    """Who has decided about SIGTERM already is left alone."""
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        signals = StopSignals()
        give_back = signals.install()
        assert not signals.hears_sigterm
        give_back()
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)


def test_handlers_are_given_back() -> None:
    """What comes after the run finds the signals as they were."""
    before = [signal.getsignal(number) for number, _ in ENDING]

    StopSignals().install()()

    assert [signal.getsignal(number) for number, _ in ENDING] == before
