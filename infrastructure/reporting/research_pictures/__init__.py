"""Pictures of research: figures for a notebook, and one self-contained page for each command."""

from infrastructure.reporting.research_pictures.bootstrap import bootstrap_distributions
from infrastructure.reporting.research_pictures.drift import parameter_drift
from infrastructure.reporting.research_pictures.fan import monte_carlo_fan
from infrastructure.reporting.research_pictures.fold_bars import fold_bars
from infrastructure.reporting.research_pictures.gates import gate_bars
from infrastructure.reporting.research_pictures.heat_map import sweep_curve, sweep_heat_map
from infrastructure.reporting.research_pictures.in_out import in_out_scatter
from infrastructure.reporting.research_pictures.page import save_page
from infrastructure.reporting.research_pictures.pages import (
    gates_page,
    verdict_page,
    walk_forward_page,
)
from infrastructure.reporting.research_pictures.parallel import parallel_coordinates
from infrastructure.reporting.research_pictures.plateau import plateau_surface
from infrastructure.reporting.research_pictures.sweep_page import sweep_page

__all__ = [
    "bootstrap_distributions",
    "fold_bars",
    "gate_bars",
    "gates_page",
    "in_out_scatter",
    "monte_carlo_fan",
    "parallel_coordinates",
    "parameter_drift",
    "plateau_surface",
    "save_page",
    "sweep_curve",
    "sweep_heat_map",
    "sweep_page",
    "verdict_page",
    "walk_forward_page",
]
