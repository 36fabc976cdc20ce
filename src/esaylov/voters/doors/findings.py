"""Findings of the check from door to door (Y120-Y129)."""

from esaylov.acts.refusals import simple
from esaylov.law.findings import Finding


def not_now(opens: str, closes: str) -> Finding:
    """Y120: outside of the weeks in which members go from door to door."""
    return simple(
        "Y120",
        en=f"Members go from door to door after their commission has got the list and before it is open to the public: from"
        f" {opens} until {closes}",
        ru=f"Поквартирный обход идёт после передачи списка комиссии и до открытия его для ознакомления: с {opens} до {closes}",
        uz=f"Uyma-uy tekshirish roʻyxat komissiyaga berilgandan soʻng, u tanishish uchun qoʻyilgunga qadar oʻtkaziladi:"
        f" {opens} dan {closes} gacha",
        article="28",
    )


def unknown_house() -> Finding:
    """Y121: nobody of the precinct's list lives in the house."""
    return simple(
        "Y121",
        en="The list of this precinct has nobody in this house any more: open the street again",
        ru="В списке этого участка по этому дому больше никого нет: откройте улицу заново",
        uz="Ushbu uchastka roʻyxatida bu uyda endi hech kim yoʻq: koʻchani qayta oching",
        article="28",
        fields=("house",),
    )


def not_of_this_house() -> Finding:
    """Y122: something was said of an entry that is not of the house."""
    return simple(
        "Y122",
        en="The list changed meanwhile: an entry is not of this house any more. Open the house again; nothing was recorded",
        ru="Список тем временем изменился: одна из записей больше не относится к этому дому. Откройте дом заново; ничего не"
        " записано",
        uz="Roʻyxat bu orada oʻzgardi: yozuvlardan biri endi bu uyga tegishli emas. Uyni qayta oching; hech narsa yozilmadi",
        article="28",
        fields=("said",),
    )


def nothing_said() -> Finding:
    """Y123: the form is empty."""
    return simple(
        "Y123",
        en="Choose for one entry at least what you found, or say that nobody was home",
        ru="Выберите хотя бы для одной записи, что вы узнали, или укажите, что никого не было дома",
        uz="Kamida bitta yozuv uchun nima aniqlanganini tanlang yoki uyda hech kim boʻlmaganini koʻrsating",
        fields=("said",),
    )


def no_day_is_over() -> Finding:
    """Y124: a round is recorded of a day that is over, and has visits."""
    return simple(
        "Y124",
        en="No day with visits from door to door is over here",
        ru="Здесь нет завершившегося дня с обходом",
        uz="Bu yerda uyma-uy tekshiruv oʻtkazilgan va tugagan kun yoʻq",
        article="28",
    )
