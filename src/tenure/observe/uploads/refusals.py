"""Why a stranger's file cannot be read, in one sentence."""

from tenure.kernel.failures import Refusal, Sentence


class NoFile(Refusal):
    """A path that is no file."""

    code = "no_file"
    said = Sentence(
        zh="读不到文件 {path}；请核对路径。",
        en="{path} is no file that can be read; check the path.",
    )


class NotATable(Refusal):
    """Bytes in which no rows and columns can be found."""

    code = "not_a_table"
    said = Sentence(
        zh="{path} 不是表格：{why}。需要首行是列名的 CSV（可为 .gz）、XLSX 或 Parquet 文件。",
        en="{path} is not a table: {why}. A CSV (perhaps .gz) or XLSX file whose first line names "
        "the columns, or a Parquet file, is needed.",
    )


class TooManyColumns(Refusal):
    """More columns than rows can tell apart."""

    code = "too_many_columns"
    said = Sentence(
        zh="表有 {columns} 列、{rows} 行；最多处理 {most} 列。在 {columns} 列里，要把稍有关系的列"
        "（相关 {weak}）与碰巧相像的列区分开，约需 {need} 行；请先去掉与结果无关的列。",
        en="The table has {columns} columns for {rows} rows; at most {most} are taken. To tell a "
        "column that says a little (correlation {weak}) from the luckiest of {columns}, about "
        "{need} rows are needed: leave out the columns that have nothing to do with the outcome.",
    )


class NoColumn(Refusal):
    """A column was named that the table does not have."""

    code = "no_column"
    said = Sentence(
        zh="{file} 没有列“{column}”{nearest}；它的列：{found}。",
        en="{file} has no column “{column}”{nearest}; its columns: {found}.",
    )


class NoRows(Refusal):
    """A table with a header and nothing below it."""

    code = "no_rows"
    said = Sentence(
        zh="{file} 只有表头，没有数据行；请重新导出。",
        en="{file} has a header and no rows; export it again.",
    )


class UnevenRows(Refusal):
    """Rows with another number of cells than the header has."""

    code = "uneven_rows"
    said = Sentence(
        zh="{file} 有 {rows} 行的列数与表头不同；请检查单元格里多出的分隔符，或重新导出。",
        en="{file} has {rows} rows with another number of cells than its header; look for "
        "separators inside cells, or export it again.",
    )
