"""Uzbek Latin in Cyrillic by rule."""

from __future__ import annotations

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from esaylov.design.scripts import APOSTROPHES, fold
from esaylov.design.transliteration import name_to_cyrillic, transliterate_to_cyrillic
from tests.conftest import SHARED


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("Oʻzbekiston Respublikasi", "Ўзбекистон Республикаси"),
        ("O'zbekiston, G`alla, Farg’ona, tog‘", "Ўзбекистон, Ғалла, Фарғона, тоғ"),
        ("Özbekiston, Çilonzor şahri, Farğona", "Ўзбекистон, Чилонзор шаҳри, Фарғона"),
        ("YOʻQ, SHAHAR, Sh. Rashidov", "ЙЎҚ, ШАҲАР, Ш. Рашидов"),
        ("eʼlon, maʼno, sanʼat, Isʼhoq", "эълон, маъно, санъат, Исҳоқ"),
        ("Yevropa, yer, saylovda, etiladi, poeziya, eng", "Европа, ер, сайловда, этилади, поэзия, энг"),
        ("yoʻl, yosh, dunyo, oyoq, tayyor, yuz, yangi", "йўл, ёш, дунё, оёқ, тайёр, юз, янги"),
        ("byulleten, byulletenlar, 1-sentabr, 1-sentabrda", "бюллетень, бюллетенлар, 1 сентябрь, 1 сентябрда"),
        ("konstitutsiya, protsent, litsenziya, aksiya, konferensiya, pensiya", "конституция, процент, лицензия, акция, конференция, пенсия"),
        ("ketsa, ketsin, davlatsiz", "кетса, кетсин, давлатсиз"),
        ("obyekt, kompyuter, rayon, moʻjiza", "объект, компьютер, район, мўъжиза"),
        ("XXI asr, IV bob", "XXI аср, IV боб"),
        ("CSV fayl, JSONʼda, SHA-256, verify.py, QR-kod, esaylovda", "CSV файл, JSONда, SHA-256, verify.py, QR-код, esaylovда"),
        ("‘iqtibos’ va 'boshqa'", "‘иқтибос’ ва 'бошқа'"),
        ("2026-yil, 12ta, p3 va 64 ta", "2026 йил, 12та, p3 ва 64 та"),
        ("2024-yil 27-oktabrdagi, 2023-yilgi, 5-mayda", "2024 йил 27 октябрдаги, 2023 йилги, 5 майда"),
        ("60-yillar, 5-maktab, 3-yozuv, 12-mayoq", "60-йиллар, 5-мактаб, 3-ёзув, 12-маёқ"),
        ("OʻzLiDeP, XDP, SHerzod, https bilan", "ЎзЛиДеП, ХДП, Шерзод, https билан"),
    ],
)  # fmt: skip
def test_words(latin: str, cyrillic: str) -> None:
    assert transliterate_to_cyrillic(latin) == cyrillic


@pytest.mark.parametrize(
    "kept",
    [
        "%(name)s", "%(share)d", "%s", "%d", "{name}", "{0}", "{{ page.title }}", "{% trans 'x' %}", "&nbsp;", "&#8217;",
        '<a href="/uz/verify/" class="link">', "</strong>", "<br>", "https://example.org/uz/a?b=c", "info@example.org",
        "`esaylov verify`", "/uz/elections/x/", "/data/results.csv", "datapackage.json", "results.parquet",
    ],
)  # fmt: skip
def test_what_is_no_text_stays(kept: str) -> None:
    assert transliterate_to_cyrillic(f"ovoz {kept} berish") == f"овоз {kept} бериш"


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("M. Karimova", "М. Каримова"),
        ("D.X. Yoʻldoshev", "Д.Х. Йўлдошев"),
        ("Sh. G‘. O'rinova, Ye. CH. Pirimov", "Ш. Ғ. Ўринова, Е. Ч. Пиримов"),
        ("Qurbonova Dilnoza, XIV okrug", "Қурбонова Дилноза, XIV округ"),
        ("Нукус", "Нукус"),
    ],
)
def test_names_with_initials(latin: str, cyrillic: str) -> None:
    assert name_to_cyrillic(latin) == cyrillic


def test_words_of_the_callers_own_stay() -> None:
    assert transliterate_to_cyrillic("Okabe Ito ranglari", keep=("Okabe Ito",)) == "Okabe Ito ранглари"


@given(st.text(alphabet="abdefghijklmnopqrstuvxyz oʻʼ", max_size=60), st.sampled_from(APOSTROPHES))
def test_which_apostrophe_it_is_does_not_matter(text: str, mark: str) -> None:
    other = text.replace("ʻ", mark).replace("ʼ", mark)
    assume(other.count("`") < 2)  # between two of them stands code, which is kept
    same = text.replace("ʼ", "ʻ")

    def bare(made: str) -> str:
        return made.translate(str.maketrans(dict.fromkeys(APOSTROPHES, "'")))

    assert bare(transliterate_to_cyrillic(other)) == bare(transliterate_to_cyrillic(same))


@given(st.text(max_size=200))
def test_any_text_goes_through(text: str) -> None:
    assert isinstance(transliterate_to_cyrillic(text), str)


@given(st.text(alphabet="абвгдежзийклмнопрстуфхцчшъыьэюяўқғҳ 0123456789.,%", max_size=60))
def test_cyrillic_is_left_alone(text: str) -> None:
    assert transliterate_to_cyrillic(text) == text


@pytest.mark.shared
def test_official_names() -> None:
    """The names of all districts as the official list writes them in both scripts (up to spelling mistakes there)."""
    districts = json.loads((SHARED / "data/uz/districts_206.json").read_text(encoding="utf-8"))
    same = [
        fold(transliterate_to_cyrillic(row["name_uz"])).split()[0] == fold(row["name_uz_cyrl"]).split()[0]
        for row in districts
    ]
    assert sum(same) >= 190
