CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE algo_strategies (
    strategy_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    content_hash TEXT NOT NULL,
    strategy_name TEXT NOT NULL,
    class_name TEXT NOT NULL,
    strategy_version TEXT NOT NULL,
    variant TEXT,
    interval TEXT NOT NULL,
    indicator_name TEXT,
    indicator_parameters TEXT NOT NULL,
    risk_reward REAL,
    stop_loss_type TEXT,
    stop_loss_value REAL,
    tightness_threshold REAL,
    wick_ratio_threshold REAL,
    creation_date TEXT NOT NULL,
    config TEXT NOT NULL,
    CONSTRAINT uq_algo_strategies_content_hash UNIQUE (content_hash),
    CONSTRAINT ck_algo_strategies_stop_loss_type CHECK (stop_loss_type = 'candle' OR stop_loss_type = 'fix_abs' OR stop_loss_type = 'fix_perc' OR stop_loss_type = 'variable' OR stop_loss_type = 'atr'),
    CONSTRAINT ck_algo_strategies_risk_reward CHECK (risk_reward > 0 AND risk_reward <= 1e300),
    CONSTRAINT ck_algo_strategies_stop_loss_value CHECK (stop_loss_value BETWEEN -1e300 AND 1e300),
    CONSTRAINT ck_algo_strategies_tightness_threshold CHECK (tightness_threshold BETWEEN -1e300 AND 1e300),
    CONSTRAINT ck_algo_strategies_wick_ratio_threshold CHECK (wick_ratio_threshold BETWEEN -1e300 AND 1e300),
    CONSTRAINT ck_algo_strategies_creation_date_form CHECK (creation_date IS datetime(creation_date)),
    CONSTRAINT ck_algo_strategies_indicator_parameters_form CHECK (json_valid(indicator_parameters)),
    CONSTRAINT ck_algo_strategies_config_form CHECK (json_valid(config))
)
 STRICT;
CREATE TRIGGER algo_strategies_frozen BEFORE UPDATE ON algo_strategies BEGIN SELECT RAISE(ABORT, 'a strategy row never changes: create a new one'); END;
CREATE TRIGGER algo_strategies_not_replaced BEFORE INSERT ON algo_strategies WHEN EXISTS (SELECT 1 FROM algo_strategies WHERE strategy_id = NEW.strategy_id) BEGIN SELECT RAISE(ABORT, 'a strategy row never changes: create a new one'); END;
CREATE TABLE algo_trades (
    trade_id INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    strategy_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    account_id TEXT,
    symbol TEXT NOT NULL,
    direction TEXT NOT NULL,
    instrument_type TEXT NOT NULL,
    signal_timestamp TEXT NOT NULL,
    entry_date TEXT NOT NULL,
    entry_timestamp TEXT NOT NULL,
    exit_date TEXT NOT NULL,
    exit_timestamp TEXT NOT NULL,
    entry_price REAL NOT NULL,
    exit_price REAL NOT NULL,
    stop_price REAL,
    target_price REAL,
    quantity REAL NOT NULL,
    capital_required REAL NOT NULL,
    trade_duration REAL NOT NULL,
    winning_trade INTEGER NOT NULL,
    net_pnl REAL NOT NULL,
    commission REAL NOT NULL,
    slippage REAL NOT NULL,
    risk_size REAL,
    risk_reward REAL,
    risk_per_trade REAL,
    perc_return REAL NOT NULL,
    mae_r REAL,
    mfe_r REAL,
    exit_reason TEXT NOT NULL,
    ambiguous INTEGER NOT NULL,
    size_bound TEXT NOT NULL,
    CONSTRAINT pk_algo_trades PRIMARY KEY (trade_id),
    CONSTRAINT fk_algo_trades_run_id FOREIGN KEY(run_id) REFERENCES backtest_runs (run_id) ON DELETE CASCADE,
    CONSTRAINT fk_algo_trades_run_id_position FOREIGN KEY(run_id, position) REFERENCES backtest_strategy_allocations (run_id, position) ON DELETE CASCADE,
    CONSTRAINT fk_algo_trades_strategy_id FOREIGN KEY(strategy_id) REFERENCES algo_strategies (strategy_id),
    CONSTRAINT ck_algo_trades_direction CHECK (direction = 'long' OR direction = 'short'),
    CONSTRAINT ck_algo_trades_instrument_type CHECK (instrument_type = 'stock' OR instrument_type = 'etf' OR instrument_type = 'future' OR instrument_type = 'forex' OR instrument_type = 'crypto'),
    CONSTRAINT ck_algo_trades_exit_reason CHECK (exit_reason = 'stop' OR exit_reason = 'target' OR exit_reason = 'session_end' OR exit_reason = 'exit_signal' OR exit_reason = 'reverse' OR exit_reason = 'end_of_data'),
    CONSTRAINT ck_algo_trades_size_bound CHECK (size_bound = '' OR size_bound = 'daily_limit' OR size_bound = 'buying_power'),
    CONSTRAINT ck_algo_trades_winning_trade CHECK (winning_trade BETWEEN 0 AND 1),
    CONSTRAINT ck_algo_trades_ambiguous CHECK (ambiguous BETWEEN 0 AND 1),
    CONSTRAINT ck_algo_trades_signal_timestamp_first CHECK (signal_timestamp <= entry_timestamp),
    CONSTRAINT ck_algo_trades_entry_timestamp_first CHECK (entry_timestamp <= exit_timestamp),
    CONSTRAINT ck_algo_trades_entry_date_first CHECK (entry_date <= exit_date),
    CONSTRAINT ck_algo_trades_entry_price CHECK (entry_price > 0 AND entry_price <= 1e300),
    CONSTRAINT ck_algo_trades_exit_price CHECK (exit_price > 0 AND exit_price <= 1e300),
    CONSTRAINT ck_algo_trades_quantity CHECK (quantity > 0 AND quantity <= 1e300),
    CONSTRAINT ck_algo_trades_capital_required CHECK (capital_required > 0 AND capital_required <= 1e300),
    CONSTRAINT ck_algo_trades_trade_duration CHECK (trade_duration BETWEEN 0 AND 1e300),
    CONSTRAINT ck_algo_trades_commission CHECK (commission BETWEEN 0 AND 1e300),
    CONSTRAINT ck_algo_trades_slippage CHECK (slippage BETWEEN 0 AND 1e300),
    CONSTRAINT ck_algo_trades_risk_size CHECK (risk_size BETWEEN 0 AND 1e300),
    CONSTRAINT ck_algo_trades_mae_r CHECK (mae_r BETWEEN 0 AND 1e300),
    CONSTRAINT ck_algo_trades_mfe_r CHECK (mfe_r BETWEEN 0 AND 1e300),
    CONSTRAINT ck_algo_trades_stop_price CHECK (stop_price BETWEEN -1e300 AND 1e300),
    CONSTRAINT ck_algo_trades_target_price CHECK (target_price BETWEEN -1e300 AND 1e300),
    CONSTRAINT ck_algo_trades_net_pnl CHECK (net_pnl BETWEEN -1e300 AND 1e300),
    CONSTRAINT ck_algo_trades_risk_reward CHECK (risk_reward BETWEEN -1e300 AND 1e300),
    CONSTRAINT ck_algo_trades_risk_per_trade CHECK (risk_per_trade BETWEEN -1e300 AND 1e300),
    CONSTRAINT ck_algo_trades_perc_return CHECK (perc_return BETWEEN -1e300 AND 1e300),
    CONSTRAINT ck_algo_trades_signal_timestamp_form CHECK (signal_timestamp IS datetime(signal_timestamp)),
    CONSTRAINT ck_algo_trades_entry_timestamp_form CHECK (entry_timestamp IS datetime(entry_timestamp)),
    CONSTRAINT ck_algo_trades_exit_timestamp_form CHECK (exit_timestamp IS datetime(exit_timestamp)),
    CONSTRAINT ck_algo_trades_entry_date_form CHECK (entry_date IS date(entry_date)),
    CONSTRAINT ck_algo_trades_exit_date_form CHECK (exit_date IS date(exit_date))
)
 STRICT;
CREATE TABLE backtest_runs (
    run_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    execution_date TEXT NOT NULL,
    status TEXT NOT NULL,
    portfolio_name TEXT NOT NULL,
    account_id TEXT,
    portfolio_json TEXT NOT NULL,
    kairos_version TEXT NOT NULL,
    vectorbt_version TEXT NOT NULL,
    bars_fingerprint TEXT NOT NULL,
    fill_policy TEXT NOT NULL,
    synthetic INTEGER NOT NULL,
    bars_start TEXT,
    bars_end TEXT,
    net_profit REAL,
    final_equity REAL,
    cagr REAL,
    sharpe REAL,
    sortino REAL,
    max_drawdown REAL,
    trades INTEGER,
    win_rate REAL,
    profit_factor REAL,
    expectancy_r REAL,
    sqn REAL,
    exposure REAL,
    worst_day REAL,
    refused INTEGER,
    ambiguous INTEGER,
    figures TEXT NOT NULL,
    CONSTRAINT ck_backtest_runs_status CHECK (status = 'completed' OR status = 'failed'),
    CONSTRAINT ck_backtest_runs_fill_policy CHECK (fill_policy = 'stop_first' OR fill_policy = 'target_first' OR fill_policy = 'detail'),
    CONSTRAINT ck_backtest_runs_synthetic CHECK (synthetic BETWEEN 0 AND 1),
    CONSTRAINT ck_backtest_runs_bars_start_first CHECK (bars_start <= bars_end),
    CONSTRAINT ck_backtest_runs_net_profit CHECK (net_profit BETWEEN -1e300 AND 1e300),
    CONSTRAINT ck_backtest_runs_final_equity CHECK (final_equity BETWEEN -1e300 AND 1e300),
    CONSTRAINT ck_backtest_runs_cagr CHECK (cagr BETWEEN -1e300 AND 1e300),
    CONSTRAINT ck_backtest_runs_sharpe CHECK (sharpe BETWEEN -1e300 AND 1e300),
    CONSTRAINT ck_backtest_runs_sortino CHECK (sortino BETWEEN -1e300 AND 1e300),
    CONSTRAINT ck_backtest_runs_max_drawdown CHECK (max_drawdown BETWEEN -1e300 AND 1e300),
    CONSTRAINT ck_backtest_runs_win_rate CHECK (win_rate BETWEEN -1e300 AND 1e300),
    CONSTRAINT ck_backtest_runs_profit_factor CHECK (profit_factor BETWEEN -1e300 AND 1e300),
    CONSTRAINT ck_backtest_runs_expectancy_r CHECK (expectancy_r BETWEEN -1e300 AND 1e300),
    CONSTRAINT ck_backtest_runs_sqn CHECK (sqn BETWEEN -1e300 AND 1e300),
    CONSTRAINT ck_backtest_runs_exposure CHECK (exposure BETWEEN -1e300 AND 1e300),
    CONSTRAINT ck_backtest_runs_worst_day CHECK (worst_day BETWEEN -1e300 AND 1e300),
    CONSTRAINT ck_backtest_runs_trades CHECK (trades BETWEEN 0 AND 1e300),
    CONSTRAINT ck_backtest_runs_refused CHECK (refused BETWEEN 0 AND 1e300),
    CONSTRAINT ck_backtest_runs_ambiguous CHECK (ambiguous BETWEEN 0 AND 1e300),
    CONSTRAINT ck_backtest_runs_execution_date_form CHECK (execution_date IS datetime(execution_date)),
    CONSTRAINT ck_backtest_runs_bars_start_form CHECK (bars_start IS datetime(bars_start)),
    CONSTRAINT ck_backtest_runs_bars_end_form CHECK (bars_end IS datetime(bars_end)),
    CONSTRAINT ck_backtest_runs_portfolio_json_form CHECK (json_valid(portfolio_json)),
    CONSTRAINT ck_backtest_runs_figures_form CHECK (json_valid(figures))
)
 STRICT;
CREATE TABLE backtest_strategy_allocations (
    run_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    strategy_id INTEGER NOT NULL,
    allocation_percentage REAL NOT NULL,
    figures TEXT NOT NULL,
    CONSTRAINT pk_backtest_strategy_allocations PRIMARY KEY (run_id, position),
    CONSTRAINT fk_backtest_strategy_allocations_run_id FOREIGN KEY(run_id) REFERENCES backtest_runs (run_id) ON DELETE CASCADE,
    CONSTRAINT fk_backtest_strategy_allocations_strategy_id FOREIGN KEY(strategy_id) REFERENCES algo_strategies (strategy_id),
    CONSTRAINT ck_backtest_strategy_allocations_position CHECK (position > 0 AND position <= 1e300),
    CONSTRAINT ck_backtest_strategy_allocations_allocation_percentage CHECK (allocation_percentage BETWEEN 0 AND 1e300),
    CONSTRAINT ck_backtest_strategy_allocations_figures_form CHECK (json_valid(figures))
)
 STRICT;
CREATE TABLE bar_history (
    change_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    symbol TEXT NOT NULL,
    interval TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    action TEXT NOT NULL,
    source TEXT NOT NULL,
    new INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    replaced INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    detail TEXT NOT NULL,
    CONSTRAINT ck_bar_history_action CHECK (action = 'import' OR action = 'download' OR action = 'synthetic' OR action = 'mend' OR action = 'remove'),
    CONSTRAINT ck_bar_history_new CHECK (new BETWEEN 0 AND 1e300),
    CONSTRAINT ck_bar_history_unchanged CHECK (unchanged BETWEEN 0 AND 1e300),
    CONSTRAINT ck_bar_history_replaced CHECK (replaced BETWEEN 0 AND 1e300),
    CONSTRAINT ck_bar_history_removed CHECK (removed BETWEEN 0 AND 1e300),
    CONSTRAINT ck_bar_history_changed_at_form CHECK (changed_at IS datetime(changed_at)),
    CONSTRAINT ck_bar_history_detail_form CHECK (json_valid(detail))
)
 STRICT;
CREATE TABLE bar_series (
    symbol TEXT NOT NULL,
    interval TEXT NOT NULL,
    content TEXT,
    calendar TEXT,
    adjusted TEXT NOT NULL,
    sources TEXT,
    n_bars INTEGER,
    first_bar INTEGER,
    last_bar INTEGER,
    sessions INTEGER,
    missing_sessions INTEGER,
    missing_bars INTEGER,
    outside INTEGER,
    CONSTRAINT pk_bar_series PRIMARY KEY (symbol, interval),
    CONSTRAINT ck_bar_series_adjusted CHECK (adjusted = 'none' OR adjusted = 'split' OR adjusted = 'all'),
    CONSTRAINT ck_bar_series_first_bar_first CHECK (first_bar <= last_bar),
    CONSTRAINT ck_bar_series_n_bars CHECK (n_bars BETWEEN 0 AND 1e300),
    CONSTRAINT ck_bar_series_sessions CHECK (sessions BETWEEN 0 AND 1e300),
    CONSTRAINT ck_bar_series_missing_sessions CHECK (missing_sessions BETWEEN 0 AND 1e300),
    CONSTRAINT ck_bar_series_missing_bars CHECK (missing_bars BETWEEN 0 AND 1e300),
    CONSTRAINT ck_bar_series_outside CHECK (outside BETWEEN 0 AND 1e300)
)
 WITHOUT ROWID,
 STRICT;
CREATE TABLE equity (
    run_id INTEGER NOT NULL,
    book INTEGER NOT NULL,
    session TEXT NOT NULL,
    equity REAL NOT NULL,
    CONSTRAINT pk_equity PRIMARY KEY (run_id, book, session),
    CONSTRAINT fk_equity_run_id FOREIGN KEY(run_id) REFERENCES backtest_runs (run_id) ON DELETE CASCADE,
    CONSTRAINT ck_equity_book CHECK (book BETWEEN 0 AND 1e300),
    CONSTRAINT ck_equity_equity CHECK (equity BETWEEN -1e300 AND 1e300),
    CONSTRAINT ck_equity_session_form CHECK (session IS date(session))
)
 WITHOUT ROWID,
 STRICT;
CREATE INDEX ix_algo_strategies_strategy_name ON algo_strategies (strategy_name);
CREATE INDEX ix_algo_trades_run_id_position ON algo_trades (run_id, position);
CREATE INDEX ix_algo_trades_strategy_id ON algo_trades (strategy_id);
CREATE INDEX ix_backtest_runs_portfolio_name_execution_date ON backtest_runs (portfolio_name, execution_date);
CREATE INDEX ix_backtest_strategy_allocations_strategy_id ON backtest_strategy_allocations (strategy_id);
CREATE INDEX ix_bar_history_symbol_interval ON bar_history (symbol, interval);
CREATE INDEX ix_refused_signals_run_id_position ON refused_signals (run_id, position);
CREATE INDEX ix_refused_signals_strategy_id ON refused_signals (strategy_id);
CREATE TABLE market_bars (
    symbol TEXT NOT NULL,
    interval TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    open REAL NOT NULL,
    high REAL NOT NULL,
    low REAL NOT NULL,
    close REAL NOT NULL,
    volume REAL NOT NULL,
    source TEXT NOT NULL,
    CONSTRAINT pk_market_bars PRIMARY KEY (symbol, interval, timestamp),
    CONSTRAINT ck_market_bars_open CHECK (open > 0 AND open <= 1e300),
    CONSTRAINT ck_market_bars_high CHECK (high > 0 AND high <= 1e300),
    CONSTRAINT ck_market_bars_low CHECK (low > 0 AND low <= 1e300),
    CONSTRAINT ck_market_bars_close CHECK (close > 0 AND close <= 1e300),
    CONSTRAINT ck_market_bars_volume CHECK (volume BETWEEN 0 AND 1e300),
    CONSTRAINT ck_market_bars_open_inside CHECK (low <= open AND open <= high),
    CONSTRAINT ck_market_bars_close_inside CHECK (low <= close AND close <= high)
)
 WITHOUT ROWID,
 STRICT;
CREATE TRIGGER market_bars_delete AFTER DELETE ON market_bars BEGIN INSERT INTO bar_series (symbol, interval, adjusted) VALUES (OLD.symbol, OLD.interval, 'none') ON CONFLICT (symbol, interval) DO UPDATE SET content = NULL WHERE content IS NOT NULL; END;
CREATE TRIGGER market_bars_insert AFTER INSERT ON market_bars BEGIN INSERT INTO bar_series (symbol, interval, adjusted) VALUES (NEW.symbol, NEW.interval, 'none') ON CONFLICT (symbol, interval) DO UPDATE SET content = NULL WHERE content IS NOT NULL; END;
CREATE TRIGGER market_bars_update AFTER UPDATE ON market_bars BEGIN INSERT INTO bar_series (symbol, interval, adjusted) VALUES (OLD.symbol, OLD.interval, 'none') ON CONFLICT (symbol, interval) DO UPDATE SET content = NULL WHERE content IS NOT NULL; INSERT INTO bar_series (symbol, interval, adjusted) VALUES (NEW.symbol, NEW.interval, 'none') ON CONFLICT (symbol, interval) DO UPDATE SET content = NULL WHERE content IS NOT NULL; END;
CREATE TABLE price_factors (
    symbol TEXT NOT NULL,
    until TEXT NOT NULL,
    split REAL NOT NULL,
    dividend REAL NOT NULL,
    source TEXT NOT NULL,
    CONSTRAINT pk_price_factors PRIMARY KEY (symbol, until),
    CONSTRAINT ck_price_factors_split CHECK (split > 0 AND split <= 1e300),
    CONSTRAINT ck_price_factors_dividend CHECK (dividend > 0 AND dividend <= 1e300),
    CONSTRAINT ck_price_factors_until_form CHECK (until IS date(until))
)
 WITHOUT ROWID,
 STRICT;
CREATE TABLE refused_signals (
    refusal_id INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    strategy_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    symbol TEXT NOT NULL,
    signal_timestamp TEXT NOT NULL,
    direction TEXT,
    reason TEXT NOT NULL,
    CONSTRAINT pk_refused_signals PRIMARY KEY (refusal_id),
    CONSTRAINT fk_refused_signals_run_id FOREIGN KEY(run_id) REFERENCES backtest_runs (run_id) ON DELETE CASCADE,
    CONSTRAINT fk_refused_signals_run_id_position FOREIGN KEY(run_id, position) REFERENCES backtest_strategy_allocations (run_id, position) ON DELETE CASCADE,
    CONSTRAINT fk_refused_signals_strategy_id FOREIGN KEY(strategy_id) REFERENCES algo_strategies (strategy_id),
    CONSTRAINT ck_refused_signals_direction CHECK (direction = 'long' OR direction = 'short'),
    CONSTRAINT ck_refused_signals_reason CHECK (reason = 'contradictory' OR reason = 'position_open' OR reason = 'end_of_data' OR reason = 'session_end' OR reason = 'expired' OR reason = 'max_open_positions' OR reason = 'no_stop' OR reason = 'stop_crossed' OR reason = 'daily_limit' OR reason = 'buying_power' OR reason = 'risk_budget'),
    CONSTRAINT ck_refused_signals_signal_timestamp_form CHECK (signal_timestamp IS datetime(signal_timestamp))
)
 STRICT;
CREATE TABLE sqlite_sequence(name,seq);
CREATE TABLE trading_sessions (
    calendar TEXT NOT NULL,
    session INTEGER NOT NULL,
    opens_at INTEGER NOT NULL,
    closes_at INTEGER NOT NULL,
    date_start INTEGER NOT NULL,
    date_end INTEGER NOT NULL,
    library_version TEXT NOT NULL,
    CONSTRAINT pk_trading_sessions PRIMARY KEY (calendar, session),
    CONSTRAINT ck_trading_sessions_opens_at_first CHECK (opens_at <= closes_at),
    CONSTRAINT ck_trading_sessions_date_start_first CHECK (date_start <= date_end)
)
 WITHOUT ROWID,
 STRICT;
CREATE VIEW v_market_bars AS SELECT symbol, interval, datetime(timestamp, 'unixepoch') AS utc, open, high, low, close, volume, source FROM market_bars;
