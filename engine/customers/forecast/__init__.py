"""Monthly figures in; forecasts with intervals, and a backtest that says how good they are, out."""
