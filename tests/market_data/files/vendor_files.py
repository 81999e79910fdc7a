"""A few rows of every vendor's text file, and what must be read of them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime


def wall(moment: str) -> int:
    """Seconds since 1970 of `2024-01-02 09:30` on its own clock."""
    return int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp())


@dataclass(frozen=True)
class Sample:
    """A file, the name of its format, its first bar and how many there are.

    first: wall clock, then open, high, low, close, volume. facts: those that must be found.
    """

    text: str
    format: str
    first: tuple[str, float, float, float, float, float]
    n_rows: int = 2
    facts: dict[str, str] = field(default_factory=dict)
    zoned: bool = False
    adj_close: float | None = None
    dates: str | None = None


YAHOO = {"adjusted": "split", "stamps_at": "start"}

SAMPLES = {
    "yahoo": Sample(
        "Date,Open,High,Low,Close,Adj Close,Volume\n"
        "2024-01-02,405.84,406.09,400.35,402.59,399.5,58026800\n"
        "2024-01-03,null,null,null,null,null,null\n",
        "Yahoo CSV",
        ("2024-01-02", 405.84, 406.09, 400.35, 402.59, 58026800),
        facts=YAHOO,
        adj_close=399.5,
    ),
    "yahoo, old order": Sample(
        "Date,Open,High,Low,Close,Volume,Adj Close\n"
        "2010-01-05,46.1,46.4,45.9,46.3,62935600,41.2\n"
        "2010-01-04,45.8,46.2,45.7,46.1,62822800,41.0\n",
        "Yahoo CSV",
        ("2010-01-05", 46.1, 46.4, 45.9, 46.3, 62935600),
        facts=YAHOO,
        adj_close=41.2,
    ),
    "yahoo, offsets": Sample(
        "Datetime,Adj Close,Close,High,Low,Open,Volume\n"
        "2024-01-02 09:30:00-05:00,403.5,403.58,406.09,402.5,405.84,10170481\n"
        "2024-01-02 10:00:00-05:00,402.6,402.6401,404.165,402.48,403.575,4251544\n",
        "Yahoo CSV",
        ("2024-01-02 09:30", 405.84, 406.09, 402.5, 403.58, 10170481),
        facts=YAHOO,
        zoned=True,
        adj_close=403.5,
    ),
    "yfinance, three lines of names": Sample(
        "Price,Close,High,Low,Open,Volume\nTicker,AAPL,AAPL,AAPL,AAPL,AAPL\nDate,,,,,\n"
        "2024-01-02,184.73,187.53,182.99,186.23,82488700\n"
        "2024-01-03,183.35,184.97,182.53,183.32,58414500\n",
        "Yahoo CSV of yfinance",
        ("2024-01-02", 186.23, 187.53, 182.99, 184.73, 82488700),
        facts={"symbol": "AAPL", "adjusted": "all"},
    ),
    "yfinance, by ticker": Sample(
        "Ticker,QQQ,QQQ,QQQ,QQQ,QQQ,QQQ\nPrice,Open,High,Low,Close,Adj Close,Volume\n"
        "Datetime,,,,,,\n"
        "2024-01-02 14:30:00+00:00,405.84,406.09,402.5,403.58,403.5,10170481\n"
        "2024-01-02 15:00:00+00:00,403.575,404.165,402.48,402.6401,402.6,4251544\n",
        "Yahoo CSV of yfinance",
        ("2024-01-02 14:30", 405.84, 406.09, 402.5, 403.58, 10170481),
        facts={"symbol": "QQQ", "adjusted": "split"},
        zoned=True,
        adj_close=403.5,
    ),
    "yfinance, names as tuples": Sample(
        "Date,\"('Close', 'AAPL')\",\"('High', 'AAPL')\",\"('Low', 'AAPL')\",\"('Open', 'AAPL')\","
        "\"('Volume', 'AAPL')\"\n"
        "2024-01-02,184.73,187.53,182.99,186.23,82488700\n"
        "2024-01-03,183.35,184.97,182.53,183.32,58414500\n",
        "CSV",
        ("2024-01-02", 186.23, 187.53, 182.99, 184.73, 82488700),
        facts={"symbol": "AAPL"},
    ),
    "quantmod": Sample(
        '"","QQQ.Open","QQQ.High","QQQ.Low","QQQ.Close","QQQ.Volume","QQQ.Adjusted"\n'
        '"2024-01-02",405.84,406.09,400.35,402.59,58026800,399.5\n'
        '"2024-01-03",400.0,401.0,398.0,398.33,1,395.1\n',
        "CSV",
        ("2024-01-02", 405.84, 406.09, 400.35, 402.59, 58026800),
        facts={"symbol": "QQQ"},
        adj_close=399.5,
    ),
    "tradingview": Sample(
        "time,open,high,low,close,Volume,Volume MA,VWAP\n"
        "1704205800,405.84,406.09,402.5,403.58,10170481,NaN,404.3\n"
        "1704207600,403.575,404.165,402.48,402.6401,4251544,NaN,403.9\n",
        "TradingView CSV",
        ("2024-01-02 14:30", 405.84, 406.09, 402.5, 403.58, 10170481),
        facts={"stamps_at": "start"},
        zoned=True,
    ),
    "tradingview, ISO": Sample(
        "time,open,high,low,close,Volume\n"
        "2024-01-02T09:30:00-05:00,405.84,406.09,402.5,403.58,10170481\n"
        "2024-01-02T10:00:00-05:00,403.575,404.165,402.48,402.6401,4251544\n",
        "TradingView CSV",
        ("2024-01-02 09:30", 405.84, 406.09, 402.5, 403.58, 10170481),
        zoned=True,
    ),
    "alpaca": Sample(
        "symbol,timestamp,open,high,low,close,volume,trade_count,vwap\n"
        "QQQ,2024-01-02 09:30:00-05:00,405.84,406.09,405.05,405.09,2532969.0,23002.0,405.633216\n"
        "QQQ,2024-01-02 09:35:00-05:00,405.09,405.34,404.24,404.3605,1321409.0,13797.0,404.786\n",
        "Alpaca CSV",
        ("2024-01-02 09:30", 405.84, 406.09, 405.05, 405.09, 2532969),
        facts={"symbol": "QQQ"},
        zoned=True,
    ),
    "alpaca, short names": Sample(
        "t,o,h,l,c,v,n,vw\n"
        "2024-01-02T14:30:00Z,405.84,406.09,402.5,403.58,10170481,900,404.1\n"
        "2024-01-02T15:00:00Z,403.575,404.165,402.48,402.6401,4251544,800,403.2\n",
        "Alpaca or Polygon CSV",
        ("2024-01-02 14:30", 405.84, 406.09, 402.5, 403.58, 10170481),
        zoned=True,
    ),
    "polygon, milliseconds": Sample(
        "v,vw,o,c,h,l,t,n\n"
        "10170481,404.1,405.84,403.58,406.09,402.5,1704205800000,900\n"
        "4251544,403.2,403.575,402.6401,404.165,402.48,1704207600000,800\n",
        "Alpaca or Polygon CSV",
        ("2024-01-02 14:30", 405.84, 406.09, 402.5, 403.58, 10170481),
        zoned=True,
    ),
    "polygon, flat file": Sample(
        "ticker,volume,open,close,high,low,window_start,transactions\n"
        "QQQ,10170481,405.84,403.58,406.09,402.5,1704205800000000000,900\n"
        "QQQ,4251544,403.575,402.6401,404.165,402.48,1704207600000000000,800\n",
        "Polygon flat file",
        ("2024-01-02 14:30", 405.84, 406.09, 402.5, 403.58, 10170481),
        facts={"symbol": "QQQ"},
        zoned=True,
    ),
    "interactive brokers": Sample(
        "date,open,high,low,close,volume,average,barCount\n"
        "20240102  09:30:00,405.84,406.09,402.5,403.58,101704,404.1,900\n"
        "20240102  10:00:00,403.575,404.165,402.48,402.6401,42515,403.2,800\n",
        "Interactive Brokers CSV",
        ("2024-01-02 09:30", 405.84, 406.09, 402.5, 403.58, 101704),
        facts={"timezone": ""},
    ),
    "interactive brokers, zone named": Sample(
        "date,open,high,low,close,volume,average,barCount\n"
        "20240102 09:30:00 US/Eastern,405.84,406.09,402.5,403.58,101704,404.1,900\n"
        "20240102 10:00:00 US/Eastern,403.575,404.165,402.48,402.6401,42515,403.2,800\n",
        "Interactive Brokers CSV",
        ("2024-01-02 09:30", 405.84, 406.09, 402.5, 403.58, 101704),
        facts={"timezone": "US/Eastern"},
    ),
    "binance": Sample(
        "1704067200000,42283.58,42554.57,42261.02,42475.23,1271.68,1704070799999,53957248.97,"
        "47134,682.5,28957416.8,0\n"
        "1704070800000,42475.23,42775.0,42431.65,42613.56,1196.37,1704074399999,50984148.0,"
        "47000,600.1,25000000.0,0\n",
        "Binance klines (milliseconds)",
        ("2024-01-01", 42283.58, 42554.57, 42261.02, 42475.23, 1271.68),
        zoned=True,
    ),
    "binance, microseconds": Sample(
        "1735689600000000,93576.0,94509.42,93489.03,94401.14,755.98,1735693199999999,71200000.0,"
        "47134,682.5,28957416.8,0\n"
        "1735693200000000,94401.13,94408.72,93578.77,93607.74,586.53,1735696799999999,55000000.0,"
        "47000,600.1,25000000.0,0\n",
        "Binance klines (microseconds)",
        ("2025-01-01", 93576.0, 94509.42, 93489.03, 94401.14, 755.98),
        zoned=True,
    ),
    "binance, names": Sample(
        "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,"
        "taker_buy_quote_volume,ignore\n"
        "1672531200000,16541.77,16545.7,16508.39,16529.67,4364.8357,1672534799999,72146293.5,"
        "149854,2179.9,36032352.8,0\n"
        "1672534800000,16529.59,16556.8,16525.78,16551.47,3590.06,1672538399999,59376757.3,"
        "126556,1730.2,28617416.0,0\n",
        "Binance klines (milliseconds)",
        ("2023-01-01", 16541.77, 16545.7, 16508.39, 16529.67, 4364.8357),
        zoned=True,
    ),
    "kraken": Sample(
        "1704067200,42280.4,42554.0,42260.1,42466.5,52.7,2210\n"
        "1704070800,42466.5,42747.9,42440.0,42613.9,61.0,1800\n",
        "Kraken CSV",
        ("2024-01-01", 42280.4, 42554.0, 42260.1, 42466.5, 52.7),
        zoned=True,
    ),
    "kraken, average price": Sample(
        "1704067200,42280.4,42554.0,42260.1,42466.5,42400.0,52.7,2210\n"
        "1704070800,42466.5,42747.9,42440.0,42613.9,42600.0,61.0,1800\n",
        "Kraken CSV",
        ("2024-01-01", 42280.4, 42554.0, 42260.1, 42466.5, 52.7),
        zoned=True,
    ),
    "alpha vantage": Sample(
        "timestamp,open,high,low,close,volume\n"
        "2024-01-02 16:00:00,402.0,403.0,401.5,402.59,900\n"
        "2024-01-02 15:30:00,401.0,402.5,400.9,402.0,800\n",
        "CSV",
        ("2024-01-02 16:00", 402.0, 403.0, 401.5, 402.59, 900),
    ),
    "stooq, daily": Sample(
        "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n"
        "QQQ.US,D,20240102,000000,405.84,406.09,400.35,402.59,58026800,0\n"
        "QQQ.US,D,20240103,000000,400.0,401.0,398.0,398.33,47000000,0\n",
        "Stooq CSV",
        ("2024-01-02", 405.84, 406.09, 400.35, 402.59, 58026800),
        facts={"symbol": "QQQ", "interval": "1d"},
    ),
    "stooq, five minutes": Sample(
        "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n"
        "QQQ.US,5,20240102,153500,405.84,406.09,402.5,403.58,10170481,0\n"
        "QQQ.US,5,20240102,154000,403.575,404.165,402.48,402.6401,4251544,0\n",
        "Stooq CSV",
        ("2024-01-02 15:35", 405.84, 406.09, 402.5, 403.58, 10170481),
        facts={"symbol": "QQQ", "interval": "5m"},
    ),
    "barchart": Sample(
        "QQQ Historical Price Data\n"
        "Time,Open,High,Low,Last,Change,%Chg,Volume\n"
        '2024-01-02 10:00,403.58,404.17,402.48,402.64,-0.94,-0.23%,"4,251,544"\n'
        '2024-01-02 09:30,405.84,406.09,402.5,403.58,-2.26,-0.56%,"10,170,481"\n'
        '"Downloaded from Barchart.com as of 01-02-2024 05:31pm CST"\n',
        "Barchart CSV",
        ("2024-01-02 10:00", 403.58, 404.17, 402.48, 402.64, 4251544),
    ),
    "metatrader 4": Sample(
        "2024.01.02,09:30,1.10427,1.10440,1.10401,1.10433,812\n"
        "2024.01.02,09:35,1.10433,1.10450,1.10430,1.10441,640\n",
        "MetaTrader 4 CSV",
        ("2024-01-02 09:30", 1.10427, 1.10440, 1.10401, 1.10433, 812),
    ),
    "metatrader 4, semicolons": Sample(
        "2024.01.02;09:30;1,10427;1,10440;1,10401;1,10433;812\n"
        "2024.01.02;09:35;1,10433;1,10450;1,10430;1,10441;640\n",
        "MetaTrader 4 CSV",
        ("2024-01-02 09:30", 1.10427, 1.10440, 1.10401, 1.10433, 812),
    ),
    "metatrader 5": Sample(
        "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n"
        "2024.01.02\t09:30:00\t1.10427\t1.10440\t1.10401\t1.10433\t812\t0\t2\n"
        "2024.01.02\t09:35:00\t1.10433\t1.10450\t1.10430\t1.10441\t640\t0\t2\n",
        "MetaTrader 5 CSV",
        ("2024-01-02 09:30", 1.10427, 1.10440, 1.10401, 1.10433, 812),
    ),
    "metatrader 5, exchange volume": Sample(
        "<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n"
        "2024.01.02\t405.84\t406.09\t400.35\t402.59\t812\t58026800\t2\n"
        "2024.01.03\t400.0\t401.0\t398.0\t398.33\t640\t47000000\t2\n",
        "MetaTrader 5 CSV",
        ("2024-01-02", 405.84, 406.09, 400.35, 402.59, 58026800),
    ),
    "dukascopy": Sample(
        "Gmt time,Open,High,Low,Close,Volume\n"
        "02.01.2024 09:30:00.000,1.10427,1.1044,1.10401,1.10433,812.5\n"
        "06.01.2024 09:30:00.000,1.10433,1.10433,1.10433,1.10433,0\n",
        "Dukascopy CSV",
        ("2024-01-02 09:30", 1.10427, 1.1044, 1.10401, 1.10433, 812.5),
        facts={"timezone": "UTC"},
    ),
    "dukascopy, offsets": Sample(
        "Local time,Open,High,Low,Close,Volume\n"
        "02.01.2024 09:30:00.000 GMT-0500,1.10427,1.1044,1.10401,1.10433,812.5\n"
        "02.01.2024 09:31:00.000 GMT-0500,1.10433,1.1045,1.1043,1.10441,640.1\n",
        "Dukascopy CSV",
        ("2024-01-02 09:30", 1.10427, 1.1044, 1.10401, 1.10433, 812.5),
        zoned=True,
    ),
    "firstrate": Sample(
        "2024-01-02 09:30:00,405.84,406.09,402.5,403.58,10170481\n"
        "2024-01-02 10:00:00,403.575,404.165,402.48,402.6401,4251544\n",
        "FirstRate CSV",
        ("2024-01-02 09:30", 405.84, 406.09, 402.5, 403.58, 10170481),
    ),
    "investing.com": Sample(
        '\ufeff"Date","Price","Open","High","Low","Vol.","Change %"\n'
        '"01/31/2024","4,845.65","4,899.19","4,906.75","4,845.15","1.23M","-1.61%"\n'
        '"01/30/2024","4,924.97","4,925.89","4,931.09","4,916.27","-","-0.06%"\n',
        "investing.com CSV",
        ("2024-01-31", 4899.19, 4906.75, 4845.15, 4845.65, 1_230_000),
    ),
    "investing.com, month names": Sample(
        '"Date","Price","Open","High","Low","Vol.","Change %"\n'
        '"Jan 03, 2024","398.33","400.12","401.00","398.00","4.5K","-1.06%"\n'
        '"Jan 02, 2024","402.59","405.84","406.09","400.35","58.03M","-1.69%"\n',
        "investing.com CSV",
        ("2024-01-03", 400.12, 401.0, 398.0, 398.33, 4500),
    ),
    "investing.com, German": Sample(
        '"Datum","Zuletzt","Eröffn.","Hoch","Tief","Vol.","+/- %"\n'
        '"31.01.2024","1.234,56","1.230,00","1.240,10","1.229,00","1,23M","0,25%"\n'
        '"30.01.2024","1.231,50","1.228,10","1.233,00","1.225,75","950,10K","-0,10%"\n',
        "investing.com CSV",
        ("2024-01-31", 1230.0, 1240.1, 1229.0, 1234.56, 1_230_000),
    ),
    "nasdaq.com": Sample(
        "Date,Close/Last,Volume,Open,High,Low\n"
        "01/31/2024,$184.40,55467800,$187.04,$187.095,$184.35\n"
        "01/30/2024,$188.04,55859370,$190.94,$191.80,$187.47\n",
        "Nasdaq CSV",
        ("2024-01-31", 187.04, 187.095, 184.35, 184.40, 55467800),
    ),
    "German": Sample(
        "Datum;Eröffnung;Hoch;Tief;Schlusskurs;Volumen\n"
        "2024-01-02;15,20;15,45;15,10;15,40;1.234.567\n"
        "2024-01-03;15,40;15,50;15,00;15,05;987.654\n",
        "CSV",
        ("2024-01-02", 15.2, 15.45, 15.1, 15.4, 1_234_567),
    ),
    "French": Sample(
        "Date;Heure;Ouverture;Plus haut;Plus bas;Clôture;Volume\n"
        "02/01/2024;09:30;15,20;15,45;15,10;15,40;1 234\n"
        "31/01/2024;10:00;15,40;15,50;15,00;15,05;987\n",
        "CSV",
        ("2024-01-02 09:30", 15.2, 15.45, 15.1, 15.4, 1234),
    ),
    "Spanish": Sample(
        "Fecha|Apertura|Máximo|Mínimo|Cierre|Volumen\n"
        "02-01-2024|15.20|15.45|15.10|15.40|1234\n"
        "03-01-2024|15.40|15.50|15.00|15.05|987\n",
        "CSV",
        ("2024-01-02", 15.2, 15.45, 15.1, 15.4, 1234),
        dates="day-first",
    ),
    "Excel's first line": Sample(
        "sep=;\nDate;Open;High;Low;Close\n2024-01-02;15.2;15.45;15.1;15.4\n"
        "2024-01-03;15.4;15.5;15;15.05\n",
        "CSV",
        ("2024-01-02", 15.2, 15.45, 15.1, 15.4, 0),
    ),
    "12-hour clock": Sample(
        "Date,Time,Open,High,Low,Close,Volume\n"
        "1/31/2024,9:30 AM,15.2,15.45,15.1,15.4,5\n1/31/2024,12:30 PM,15.4,15.5,15,15.05,6\n",
        "CSV",
        ("2024-01-31 09:30", 15.2, 15.45, 15.1, 15.4, 5),
    ),
}
