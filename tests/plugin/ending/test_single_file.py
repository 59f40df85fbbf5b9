"""A report that is one file is searched by what is packed into it."""

import base64

from connector_harness.plugin.ending.single_file import unpacked


def test_files_inside_are_unpacked() -> None:
    """What stands there in Base64, in either Allure's manner, is read as what it says."""
    one, two = (base64.b64encode(text).decode() for text in (b'{"a": 1}', b"second"))
    page = f"""<p>shell</p>[d("data/a.json","{one}"), d('data/b.txt', '{two}')]"""

    assert unpacked(page.encode()).split(b"\n\0\n") == [b"<p>shell</p>[, ]", b'{"a": 1}', b"second"]


def test_own_scripts_are_left_out() -> None:
    """Allure's own scripts, which are full of what looks like tokens, say nothing of the run."""
    script = base64.b64encode(b'{"use strict"}').decode()

    assert unpacked(f'<script src="data:text/javascript;base64,{script}">'.encode()) == (
        b'<script src="data:text/javascript;">'
    )


def test_what_only_looks_like_it_stays() -> None:
    """Letters that are no Base64 are searched as they are."""
    assert unpacked(b'd("a","abcde")').endswith(b"abcde")
