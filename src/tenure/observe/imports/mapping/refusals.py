"""What can be wrong with a mapping, or with a file as a whole: nothing is imported then."""

from tenure.kernel.failures import Refusal, Sentence


class MappingError(Refusal):
    """Something in a mapping that cannot be understood or cannot be right."""

    code = "mapping_error"
    said = Sentence(
        zh="映射文件 {file} 的 {path}：{problem}。",
        en="Mapping file {file}, at {path}: {problem}.",
    )


class MissingColumn(Refusal):
    """A mapping, or our own format, names a column that the file does not have."""

    code = "missing_column"
    said = Sentence(
        zh="{file} 没有 {path} 需要的列“{column}”{nearest}；文件里的列：{found}。请改映射或文件。",
        en="{file} has no column “{column}”, which {path} needs{nearest}; its columns: {found}. "
        "Change the mapping or the file.",
    )


class NothingKnown(Refusal):
    """A directory in which nothing has a name that we know, and no mapping."""

    code = "nothing_to_import"
    said = Sentence(
        zh="{directory} 里没有 mapping.toml，也没有可识别的文件（{known}）；找到的有：{found}。"
        "请写一个 mapping.toml，见 docs/importing.md。",
        en="{directory} has no mapping.toml and no file with a name that is known ({known}); "
        "found: {found}. Write a mapping.toml, see docs/importing.md.",
    )


class NoDirectory(Refusal):
    """A path that is no directory."""

    code = "no_directory"
    said = Sentence(
        zh="{directory} 不是目录；请给出放着 CSV 或 Parquet 文件的目录。",
        en="{directory} is no directory; name the one that holds the CSV or Parquet files.",
    )


class NoMapping(Refusal):
    """A mapping that cannot be opened."""

    code = "no_mapping"
    said = Sentence(
        zh="读不到映射文件 {file}：{why}；请核对路径。",
        en="The mapping {file} cannot be read: {why}; check the path.",
    )


class NoSuchFile(Refusal):
    """A pattern of the mapping that no file has."""

    code = "no_such_file"
    said = Sentence(
        zh="映射文件 {file} 的 {path} 要读 {pattern}，目录里没有这样的文件（有：{found}）；"
        "请补上文件，或写 optional = true。",
        en="Mapping file {file}, at {path}, reads {pattern}, but no file is called so (found: "
        "{found}); add the file, or write optional = true.",
    )


class EmptyFile(Refusal):
    """A file without a single line."""

    code = "empty_file"
    said = Sentence(
        zh="{file} 是空的（第 1 行应为表头）；请重新导出，或移走该文件。",
        en="{file} is empty (line 1 should be the header); export it again, or take it away.",
    )


class DamagedFile(Refusal):
    """A file that ends too early or is not what its name says."""

    code = "damaged_file"
    said = Sentence(
        zh="{file} 已损坏，无法读完：{why}；请重新导出或重新下载。",
        en="{file} is damaged and cannot be read to its end: {why}; export or download it again.",
    )


class OtherEncoding(Refusal):
    """A text file in an encoding that is not read."""

    code = "other_encoding"
    said = Sentence(
        zh="{file} 的编码是 {encoding}；请另存为“CSV UTF-8（逗号分隔）”。",
        en="{file} is in {encoding}; save it as “CSV UTF-8 (comma delimited)”.",
    )


class ColumnTwice(Refusal):
    """Two columns with one name."""

    code = "column_twice"
    said = Sentence(
        zh="{file} 第 1 行的列“{column}”出现了两次；请给其中一列改名。",
        en="{file}, line 1: the column “{column}” stands there twice; rename one of them.",
    )
