"""Tables in Spark, as its own settings configure it."""

from pathlib import Path
from typing import Any

from evaluation.errors import EngineMissing, UnreadableFile
from evaluation.large_tables.sources import Source, identify, list_files


def connect() -> Any:
    """Open an Ibis connection to the Spark session of Spark's own settings.

    Raises EngineMissing, which says what to install.
    """
    try:
        import ibis
        from pyspark.errors import PySparkRuntimeError
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise EngineMissing("Spark", "pip install 'belvedere[spark]'") from error
    try:
        return ibis.pyspark.connect(SparkSession.builder.appName("belvedere").getOrCreate())
    except PySparkRuntimeError as error:
        raise EngineMissing("Spark", f"Java 17, with JAVA_HOME set ({error})") from error


def open_source(connection: Any, name: str) -> Source:
    """Open a Parquet or CSV path as Spark resolves it, or a table of Spark's catalogue by name."""
    from pyspark.errors import PySparkException

    lower = name.lower()
    try:
        if lower.endswith((".csv", ".csv.gz")):
            table = connection.read_csv(name, header=True, inferSchema=True)
        elif lower.endswith(".parquet") or "/" in name:
            table = connection.read_parquet(name)
        else:
            table = connection.table(name)
    except PySparkException as error:
        raise UnreadableFile(name, str(error).splitlines()[0]) from error
    path = Path(name)
    files = list(list_files(path))
    return Source(name, table, identify(files) if files else None)
