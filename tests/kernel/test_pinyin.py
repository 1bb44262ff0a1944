"""R-U-030: whoever types letters finds the name that is read so."""

import pytest

from tenure.kernel.pinyin import MOST_CHARACTERS, MOST_WAYS, readings_of


def is_meant(typed: str, name: str) -> bool:
    """Whether the letters may mean the beginning of the name."""
    return any(
        len(name) >= len(reading)
        and all(one in known for one, known in zip(name, reading, strict=False))
        for reading in readings_of(typed)
    )


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *(("zhangwei", "张伟"), ("zhangw", "张伟"), ("zw", "张伟"), ("Zhang Wei", "张伟")),
        *(("zhang", "张伟"), ("zhangweimin", "张伟民"), ("zwm", "张伟民"), ("zwm", "张未名电子")),
        *(("shan", "单雄信"), ("dan", "单雄信"), ("ouyang", "欧阳修"), ("lvbu", "吕布")),
        *(("lübu", "吕布"), ("xian", "西安公司"), ("xi'an", "西安公司"), ("xian", "先农")),
    ],
)
def test_a_name_is_meant_by_its_letters(typed: str, name: str) -> None:
    assert is_meant(typed, name)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *(("zhangsan", "张伟"), ("wz", "张伟"), ("zhangweim", "张伟"), ("wei", "张伟")),
        ("xi'an", "先农"),
    ],
)
def test_another_name_is_not(typed: str, name: str) -> None:
    assert not is_meant(typed, name)


@pytest.mark.parametrize(
    "typed", ["", " ", "z", "C-100", "138000", "张伟", "Jonas", "zhang%", "a" * 25, "'", "x" * 5]
)
def test_what_is_no_pinyin_means_no_name(typed: str) -> None:
    assert readings_of(typed) == ()


def test_whatever_is_typed_is_read_in_few_ways() -> None:
    """Letters that part in many ways cost nothing: a name has at most so many characters here."""
    ways = readings_of("xianxianxianxian"), readings_of("aoaoao"), readings_of("angangang")

    assert all(0 < len(one) <= MOST_WAYS for one in ways)
    assert all(len(each) <= MOST_CHARACTERS for one in ways for each in one)
