"""Run every portfolio in backtest_config/portfolios."""
