"""The characters of a plain text file: how they were written, and written back the same way."""

from __future__ import annotations

import codecs
import unicodedata
from dataclasses import dataclass

from trustcenter.publish.questionnaire.forms.interface import FormError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PLAIN = {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "®": "(R)", "\u00a0": " "}


@dataclass(frozen=True)
class Text:
    """A file's text, with the encoding and the byte-order mark that it came in."""

    body: str
    encoding: str
    mark: bytes = b""

    @property
    def newline(self) -> str:
        """The line ending that the file uses most."""
        windows = self.body.count("\r\n")
        return "\r\n" if windows * 2 > self.body.count("\n") else "\n"

    def bytes_of(self, body: str) -> bytes:
        """Another text in the same encoding; characters that it lacks are replaced by plain ones."""
        return self.mark + body.encode(self.encoding)

    def plain(self, text: str) -> str:
        """The text with characters that the encoding lacks written in plain ones."""
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            written = "".join(_PLAIN.get(sign, sign) for sign in text)
            folded = unicodedata.normalize("NFKD", written)
            return folded.encode(self.encoding, "ignore").decode(self.encoding)
        return text


def decoded(data: bytes, where: str) -> Text:
    """The text of a file: by its byte-order mark, as UTF-8, else by the likeliest legacy encoding. Raises FormError."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return Text(data[len(mark) :].decode(encoding), encoding, mark)
            except UnicodeDecodeError as error:
                raise FormError(f"the file is not the {encoding} that it says it is", where=where) from error
    try:
        body = data.decode("utf-8")
    except UnicodeDecodeError:
        return _guessed(data, where)
    if "\x00" in body:
        raise FormError("the file is not a text: it holds zero bytes", where=where)
    return Text(body, "utf-8")


def _guessed(data: bytes, where: str) -> Text:
    from charset_normalizer import from_bytes

    if data[:4000].count(0) > 1:
        raise FormError("the file is not a text: it holds zero bytes", where=where)
    best = from_bytes(data[:200_000], cp_isolation=["cp1252", "latin_1", "cp1250", "cp1251", "mac_roman", "shift_jis"])
    found = best.best()
    for encoding in (found.encoding if found else "cp1252", "cp1252"):
        try:
            body = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if body.encode(encoding) == data:
            return Text(body, encoding)
    raise FormError("the file's characters cannot be told", where=where, hint="Save it as UTF-8.")
