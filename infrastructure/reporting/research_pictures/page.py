"""One self-contained page: a heading, what it is, what to beware of, figures with how to read them.

plotly.js stands in the page once, and the figures as data. A Content-Security-Policy lets the
browser run plotly.js and the few lines that call it, by their hashes, and nothing else, and lets
nothing speak to a network: what the name of a symbol or strategy spells stays text, twice over.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from infrastructure.errors import StorageError
from infrastructure.reporting.research_pictures.look import synthetic
from infrastructure.reporting.research_pictures.page_style import STYLE
from infrastructure.wording import printable

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_DRAW = """
const draw = async place => {
  const figure = JSON.parse(document.getElementById(place.id + '-data').textContent);
  await Plotly.newPlot(place, figure.data, figure.layout, {
    responsive: true,
    displaylogo: false,
    showSendToCloud: false,
    plotlyServerURL: '',
    modeBarButtonsToRemove: [
      'select2d', 'lasso2d', 'autoScale2d', 'zoomIn2d', 'zoomOut2d',
      'tableRotation', 'resetCameraLastSave3d', 'pan3d', 'zoom3d', 'orbitRotation',
    ],
  });
};
for (const place of document.querySelectorAll('.plot')) {
  draw(place).catch(error => {
    place.textContent = 'This picture could not be drawn here: ' + error.message;
    console.error(error);
  });
}
"""

_IN_SCRIPT = str.maketrans(
    {mark: f"\\u{ord(mark):04x}" for mark in ("<", ">", "&", "\u2028", "\u2029")}
)
"""What could end a script element, written so that JSON reads it as the same character."""


@dataclass(frozen=True)
class Picture:
    """A figure and the line below it, plain text. half: half the page's width is enough."""

    figure: "Figure"
    caption: str
    half: bool = False


@dataclass(frozen=True)
class Page:
    """What a page says, as plain text: it is escaped here.

    lead: a sentence on what the page is. word: a verdict to show large, "" for none. cautions: what
    must be known before believing a figure. facts: further sentences. is_synthetic: made-up bars.
    """

    heading: str
    lead: str
    cautions: Sequence[str]
    pictures: Sequence[Picture]
    facts: Sequence[str] = ()
    word: str = ""
    is_synthetic: bool = False

    @property
    def html(self) -> str:
        """The whole page; it opens from a file, without a network."""
        from plotly.offline import get_plotlyjs

        library = get_plotlyjs()
        title = _text(self.heading) + (" · SYNTHETIC bars" if self.is_synthetic else "")
        return (
            f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{self._policy(library)}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
            f"{self._head()}\n{self._pictures()}\n</main>\n"
            f"<script>{library}</script>\n<script>{_DRAW}</script>\n</body>\n</html>\n"
        )

    def _policy(self, library: str) -> str:
        """Only the two scripts run; nothing is fetched, posted or embedded.

        plotly.js writes the programs of parallel coordinates itself, and must be allowed to.
        """
        scripts = " ".join(_hash(script) for script in (library, _DRAW))
        if any(trace.type == "parcoords" for each in self.pictures for trace in each.figure.data):
            scripts += " 'unsafe-eval'"
        return (
            f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; "
            "img-src data: blob:; base-uri 'none'; form-action 'none'"
        )

    def _head(self) -> str:
        label = ' <span class="label">SYNTHETIC bars</span>' if self.is_synthetic else ""
        parts = [
            f"<h1>{_text(self.heading)}{label}</h1>",
            f'<p class="lead">{_text(self.lead)}</p>',
        ]
        if self.word:
            parts.append(f'<p class="word">{_text(self.word)}</p>')
        if self.facts:
            parts.append(f"<ul>{''.join(f'<li>{_text(fact)}</li>' for fact in self.facts)}</ul>")
        made_up = [_SYNTHETIC] if self.is_synthetic else []
        parts += [f'<p class="caution">{_text(said)}</p>' for said in (*made_up, *self.cautions)]
        return "\n".join(parts)

    def _pictures(self) -> str:
        drawn = [
            _picture(number, picture, self.is_synthetic)
            for number, picture in enumerate(self.pictures, start=1)
        ]
        return f'<div class="pictures">\n{"".join(drawn)}</div>'


_SYNTHETIC = (
    "SYNTHETIC bars: Kairos made them up; no figure on this page says anything about a market."
)


def save_page(html: str, path: str | Path) -> Path:
    """Write a page and return its path. Raises StorageError where it cannot be written."""
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html, encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{path}: the page cannot be written there: {error.strerror}") from error
    return path


def _picture(number: int, picture: Picture, is_synthetic: bool) -> str:
    figure = synthetic(picture.figure) if is_synthetic else picture.figure
    data = figure.to_json().translate(_IN_SCRIPT)
    width = "half" if picture.half else "wide"
    return (
        f'<figure class="{width}"><div class="plot" id="plot-{number}" '
        f'style="height: {int(figure.layout.height)}px"></div>'
        f'<script type="application/json" id="plot-{number}-data">{data}</script>'
        f"<figcaption>{_text(picture.caption)}</figcaption></figure>\n"
    )


def _hash(script: str) -> str:
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def _text(said: str) -> str:
    return escape(printable(said))
