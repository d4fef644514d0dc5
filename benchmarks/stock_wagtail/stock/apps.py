from django.apps import AppConfig


class StockConfig(AppConfig):
    """The story of a stock site."""

    name = "benchmarks.stock_wagtail.stock"
    label = "stock"
