"""Draws charts as SVG, for pages, and as PNG, for mail programs. Pure."""

from monitor.charts.picture import png
from monitor.charts.volume import ChartWords, Curve, volume_svg

__all__ = ["ChartWords", "Curve", "png", "volume_svg"]
