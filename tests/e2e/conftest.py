"""Fixtures of the browser tests: one server on the demo bank, one browser."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.browsing import Watched, blank_page, chromium, emptied, serve
from tests.fixtures.sounds import noisy, voice, wav

RECOGNISER = """
class Hypothesis:
    hypstr = "what should i offer sea 0 0 0 0 1"


class Decoder:
    def __init__(self, *, samprate, loglevel):
        self.n = 0

    def start_utt(self):
        pass

    def process_raw(self, data, *, full_utt):
        self.n = len(data)

    def end_utt(self):
        pass

    def hyp(self):
        return Hypothesis() if self.n > 32_000 else None
"""
"""Hears a question, misheard as real ones are, in more than a second of speech."""


@pytest.fixture(scope="session")
def microphone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the browser's microphone hears: a voice, once."""
    file = tmp_path_factory.mktemp("microphone") / "voice.wav"
    file.write_bytes(wav(noisy(voice(2.0, 48_000), 45), 48_000))
    return file


@pytest.fixture(scope="session")
def browser(microphone: Path) -> Iterator[Browser]:
    """Debian's chromium, without a window, with a microphone that is a file."""
    heard = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}%noloop",
    ]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", *heard]
        )
        yield started
        started.close()


@pytest.fixture(scope="session")
def state(trained_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the served dashboard writes; its first version is fitted already."""
    return Path(shutil.copytree(trained_state, tmp_path_factory.mktemp("served") / "state"))


@pytest.fixture(scope="session")
def recogniser(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small recogniser under the name of PocketSphinx: it hears one question."""
    folder = tmp_path_factory.mktemp("recogniser")
    (folder / "pocketsphinx.py").write_text(RECOGNISER)
    about = folder / "pocketsphinx-5.1.1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: pocketsphinx\nVersion: 5.1.1\n")
    return folder


@pytest.fixture(scope="session")
def address(state: Path, recogniser: Path) -> Iterator[str]:
    """The dashboard on the demo bank; what is spoken to it is heard by a small recogniser."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", str(recogniser))
        patched.setenv("ATTUNE_SPEECH__RECOGNISERS", '["pocketsphinx"]')
        patched.setenv("ATTUNE_QUESTIONS__READS", "words")  # no encoder is loaded
        with serve(state) as found:
            yield found


@pytest.fixture(scope="session")
def idle() -> list[Page]:
    """Pages that earlier tests are done with; they have read Streamlit's code already."""
    return []


@pytest.fixture
def visit(browser: Browser, address: str, idle: list[Page]) -> Iterator[Callable[..., Watched]]:
    """Begin a browser session; whatever broke in it fails the test at its end."""
    begun: list[Watched] = []

    def begin(scheme: str = "light") -> Watched:
        page = idle.pop() if idle else blank_page(browser)
        begun.append(Watched(page, address, scheme))
        return begun[-1]

    yield begin
    for session in begun:
        idle.append(emptied(session))
    for session in begun:
        assert not session.troubles, session.troubles
