"""Which new passwords are taken, and what is said of the others."""

from __future__ import annotations

import secrets
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustcenter.errors import ConfigurationError
from trustcenter.runtime.common_passwords import CommonPasswords, digest, written
from trustcenter.runtime.password_policy import (
    ADVICE,
    MAXIMUM_LENGTH,
    PasswordPolicy,
    Refused,
    Strength,
    context_words,
    effective_length,
)

POLICY = PasswordPolicy(CommonPasswords.shipped(), product=("Trust desk",))
MAREN = context_words("Maren Oakes", "maren@fernhill.example", "Fernhill Insurance")


def test_eleven_characters_are_refused_and_twelve_are_taken():
    assert POLICY.judge("k7#Vq2!mZr9").refused is Refused.SHORT
    assert POLICY.judge("k7#Vq2!mZr9w").refused is None


def test_sixty_four_emoji_are_taken_and_nothing_is_cut_off():
    faces = "".join(chr(0x1F600 + (7 * n) % 64) for n in range(64))

    assert POLICY.judge(faces).strength is Strength.STRONG
    assert POLICY.judge("ab cd ef gh " * 86).refused is Refused.LONG
    assert POLICY.judge(secrets.token_hex(MAXIMUM_LENGTH // 2)).refused is None


def test_compatibility_characters_do_not_make_a_password_longer():
    """One ligature is three letters after NFKC; counted is what was typed."""
    assert POLICY.judge("ﬃ" * 5 + "xq").refused is Refused.SHORT


@pytest.mark.parametrize(
    "password",
    [
        "password1234", "Password2026!", "P@ssw0rd1234", "passwordpassword", "welcome12345", "Welcome2026!!",
        "letmein123456", "qwertyuiop12", "qwertzuiop99", "1q2w3e4r5t6y", "1qaz2wsx3edc", "asdfghjkl123",
        "abcdefghijkl", "zyxwvutsrqpo", "123456789012", "aaaaaaaaaaaa", "abcabcabcabc", "Summer2026!!!", "iloveyou1234",
        "dragon123456", "monkey!!!123", "football2026", "admin1234567", "administrator1", "changeme2026",
        "leavemealone", "sonyericsson", "MasterMaster1",
    ],
)  # fmt: skip
def test_what_anybody_tries_first_is_refused(password):
    judged = POLICY.judge(password)

    assert judged.refused in (Refused.COMMON, Refused.PATTERN)
    assert ADVICE in judged.said


@pytest.mark.parametrize(
    "password",
    [
        "Fernhill2026!",
        "maren-oakes-99",
        "M4ren.Fernh1ll",
        "TrustDesk2026!",
        "marenmaren123",
        "oakesmaren1987",
        "maren@fernhill.example",
    ],
)
def test_words_of_the_person_and_the_service_do_not_count(password):
    assert POLICY.judge(password, MAREN).refused in (Refused.CONTEXT, Refused.PATTERN)


@pytest.mark.parametrize(
    "password",
    ["correct horse battery staple", "vier Wölfe trinken kalten Tee", "fernhill walnut gravel opera", "Zq9-vT3x_Lm7k"],
)
def test_good_ones_are_taken(password):
    """A context word inside a long phrase does no harm."""
    assert POLICY.judge(password, MAREN).refused is None


def test_every_leaked_entry_is_refused(shared):
    """All of the list, however it is written."""
    entries = (shared / "data/passwords/xato-top1M-len12plus.txt").read_text("utf-8", "replace").splitlines()
    common = CommonPasswords.shipped()

    assert len(entries) > 40_000
    assert all(entry in common for entry in entries if len(entry) >= 12)
    assert all(POLICY.judge(entry.upper()).refused is not None for entry in entries[:2000] if len(entry) >= 12)


def test_random_passwords_of_twelve_are_hardly_ever_refused():
    letters = string.ascii_letters + string.digits + "-_"
    made = ["".join(secrets.choice(letters) for _ in range(12)) for _ in range(2000)]

    assert sum(POLICY.judge(password).refused is not None for password in made) <= 2


@given(st.text(max_size=40), st.frozensets(st.text("abcdef", min_size=4, max_size=6), max_size=4))
def test_the_effective_length_is_never_more_than_the_length(text, words):
    folded = text.casefold()

    assert effective_length(folded, words) <= max(len(folded), 0)
    assert effective_length(folded, words) <= effective_length(folded, frozenset())


@given(st.text(min_size=12, max_size=60))
def test_every_text_gets_an_answer_and_more_context_never_helps(text):
    judged = POLICY.judge(text)

    assert (judged.refused is None) is (judged.strength is not None)
    assert judged.said
    assert judged.refused is None or POLICY.judge(text, MAREN).refused is not None


@given(st.sets(st.text(min_size=1, max_size=20), min_size=1, max_size=30), st.text(max_size=20))
def test_the_digest_file_finds_what_is_in_it_and_only_that(entries, other):
    common = CommonPasswords(written(map(digest, entries)))

    assert all(entry in common for entry in entries)
    assert (other in common) is (digest(other) in set(map(digest, entries)))


def test_a_cut_file_is_refused():
    with pytest.raises(ConfigurationError):
        CommonPasswords(b"1234567")
