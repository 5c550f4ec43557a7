"""Runs SQL statements in one session of an engine, and prints a list of columns and rows for each."""
import datetime
import decimal
import json
import sys


def duckdb(statements):
    import duckdb

    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for statement in statements:
        result = connection.execute(statement)
        columns = [column[0] for column in result.description or []]
        yield columns, result.fetchall()


def datafusion(statements):
    from datafusion import SessionContext

    session = SessionContext()
    for statement in statements:
        table = session.sql(statement).to_arrow_table()
        yield table.column_names, [list(row.values()) for row in table.to_pylist()]


def clickhouse(statements):
    import chdb

    for statement in statements:
        lines = str(chdb.query(statement, "JSONCompactEachRowWithNames")).splitlines()
        columns, *rows = [json.loads(line) for line in lines]
        yield columns, rows


def as_json(value):
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep="T" if value.tzinfo else " ")
    if isinstance(value, decimal.Decimal):
        return float(value)
    return str(value)


def returned(columns, rows):
    is_count_of_a_copy = columns == ["Count"]
    return None if not columns or is_count_of_a_copy else (columns, rows)


engine = {"duckdb": duckdb, "datafusion": datafusion, "clickhouse": clickhouse}[sys.argv[1]]
tables = [returned(*table) for table in engine(json.load(sys.stdin))]
json.dump(tables, sys.stdout, default=as_json)
