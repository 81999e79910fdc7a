"""The style sheet of a page: the pictures' colours, one column of text, two of pictures."""

from infrastructure.reporting.research_pictures.look import FAINT, FONT, GRID, INK, LOSS, PAPER

STYLE = f"""
body {{ margin: 0; background: #f7f8f9; color: {INK}; font: 15px/1.5 {FONT}; }}
main {{ max-width: 1180px; margin: 0 auto; padding: 32px 24px 64px; }}
h1 {{ font-size: 26px; line-height: 1.25; margin: 0 0 6px; overflow-wrap: anywhere; }}
p, ul {{ max-width: 78ch; margin: 0 0 10px; overflow-wrap: anywhere; }}
ul {{ padding-left: 20px; }}
li {{ margin-bottom: 3px; }}
.lead {{ color: #55616d; }}
.word {{ font-size: 21px; font-weight: 600; margin: 14px 0 8px; }}
.label {{ font-size: 12px; font-weight: 600; color: {LOSS}; border: 1px solid {LOSS};
  border-radius: 4px; padding: 2px 7px; vertical-align: middle; white-space: nowrap; }}
.caution {{ border-left: 3px solid {LOSS}; padding: 6px 12px; background: #fcf4ec; }}
.pictures {{ display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 20px;
  margin-top: 22px; }}
figure {{ margin: 0; background: {PAPER}; border: 1px solid {GRID}; border-radius: 6px;
  overflow: hidden; }}
.wide {{ grid-column: 1 / -1; }}
figcaption {{ padding: 10px 18px 14px; color: {FAINT}; font-size: 13.5px; max-width: 100ch; }}
@media (max-width: 900px) {{ .pictures {{ display: block; }} figure {{ margin-bottom: 20px; }} }}
@media print {{ body {{ background: {PAPER}; }} figure {{ break-inside: avoid; }} }}
"""
