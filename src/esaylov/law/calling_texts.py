"""What findings about the day and the steps of an election say, by language."""

from __future__ import annotations

from datetime import date

from esaylov.law.edition_parts import Text


def with_day(text: Text, day: date) -> Text:
    """A text that names a day."""
    return {language: words.format(day=f"{day:%d.%m.%Y}") for language, words in text.items()}


NO_SUCH = {
    "uz": "Qonunda bunday saylovning bunday shakli yoʻq",
    "uz-cyrl": "Қонунда бундай сайловнинг бундай шакли йўқ",
    "kaa": "Nızamda bunday saylawdıń bunday túri joq",
    "ru": "Закон не знает таких выборов в такой форме",
    "en": "The law knows no such form of this election",
}
WRONG_WEEKDAY = {
    "uz": "Saylov shu kuni oʻtkaziladigan hafta kuni emas",
    "uz-cyrl": "Сайлов шу куни ўтказиладиган ҳафта куни эмас",
    "kaa": "Bul saylaw ótkeriletuǵın hápte kúni emes",
    "ru": "Это не тот день недели, в который проводятся выборы",
    "en": "This is not the day of the week on which elections are held",
}
NOT_THE_DAY = {
    "uz": "Qonunga koʻra saylov {day} kuni oʻtkaziladi",
    "uz-cyrl": "Қонунга кўра сайлов {day} куни ўтказилади",
    "kaa": "Nızam boyınsha saylaw {day} kúni ótkeriledi",
    "ru": "По закону выборы проводятся {day}",
    "en": "By law the election is held on {day}",
}
WRONG_YEAR = {
    "uz": "Saylov vakolat muddati tugaydigan yilda oʻtkaziladi",
    "uz-cyrl": "Сайлов ваколат муддати тугайдиган йилда ўтказилади",
    "kaa": "Saylaw wákillik múddeti tamamlanatuǵın jılı ótkeriledi",
    "ru": "Выборы проводятся в год истечения срока полномочий",
    "en": "The election is held in the year in which the term ends",
}
TOO_EARLY = {
    "uz": "Bu kun juda erta: saylov {day} kunidan oldin oʻtkazilishi mumkin emas",
    "uz-cyrl": "Бу кун жуда эрта: сайлов {day} кунидан олдин ўтказилиши мумкин эмас",
    "kaa": "Bul kún júdá erte: saylaw {day} kúninen aldın ótkeriliwi múmkin emes",
    "ru": "Слишком рано: выборы не могут состояться раньше {day}",
    "en": "Too early: the election cannot be held before {day}",
}
TOO_LATE = {
    "uz": "Bu kun juda kech: saylov {day} kunidan kechiktirilishi mumkin emas",
    "uz-cyrl": "Бу кун жуда кеч: сайлов {day} кунидан кечиктирилиши мумкин эмас",
    "kaa": "Bul kún júdá kesh: saylaw {day} kúninen keshiktiriliwi múmkin emes",
    "ru": "Слишком поздно: выборы не могут состояться позже {day}",
    "en": "Too late: the election cannot be held after {day}",
}
UNKNOWN_EVENT = {
    "uz": "Muddat hisoblanadigan voqeaning kuni maʼlum emas: talab tekshirilmadi",
    "uz-cyrl": "Муддат ҳисобланадиган воқеанинг куни маълум эмас: талаб текширилмади",
    "kaa": "Múddet esaplanatuǵın waqıyanıń kúni belgisiz: talap tekserilmedi",
    "ru": "День события, от которого считается срок, неизвестен: требование не проверено",
    "en": "The day of the event that the term is counted from is not known: the rule was not checked",
}
NO_GROUND = {
    "uz": "Saylovni bu shaklda oʻtkazish uchun asos koʻrsatilmagan",
    "uz-cyrl": "Сайловни бу шаклда ўтказиш учун асос кўрсатилмаган",
    "kaa": "Saylawdı bul túrde ótkeriw ushın tiykar kórsetilmegen",
    "ru": "Не указано основание для выборов в такой форме",
    "en": "No ground is given for an election of this form",
}
NEED_NOT = {
    "uz": "Vakolat muddati tugashiga oz vaqt qolgan: saylov oʻtkazilmasligi mumkin",
    "uz-cyrl": "Ваколат муддати тугашига оз вақт қолган: сайлов ўтказилмаслиги мумкин",
    "kaa": "Wákillik múddeti tamamlanıwına az waqıt qaldı: saylaw ótkerilmewi múmkin",
    "ru": "До конца срока полномочий осталось мало времени: выборы можно не проводить",
    "en": "Little of the term remains: the election need not be held",
}
CALLED_LATE = {
    "uz": "Saylov uni tayinlash toʻgʻrisidagi qarordan keyin boʻlishi kerak",
    "uz-cyrl": "Сайлов уни тайинлаш тўғрисидаги қарордан кейин бўлиши керак",
    "kaa": "Saylaw onı tayınlaw haqqındaǵı qarardan keyin bolıwı kerek",
    "ru": "День выборов должен быть позже решения об их назначении",
    "en": "The election must come after the decision that calls it",
}
STEPS_PAST = {
    "uz": "Saylov tayinlanganda bu tadbirlarning muddati oʻtgan: ularni Komissiya qaror bilan belgilaydi",
    "uz-cyrl": "Сайлов тайинланганда бу тадбирларнинг муддати ўтган: уларни Комиссия қарор билан белгилайди",
    "kaa": "Saylaw tayınlanǵanda bul ilajlardıń múddeti ótken: olardı Komissiya qarar menen belgileydi",
    "ru": "К назначению выборов сроки этих мероприятий прошли: их устанавливает Комиссия своим решением",
    "en": "These steps were over when the election was called: the Commission sets their dates by decision",
}
STEPS_INVERTED = {
    "uz": "Bu tadbirlar boshlanmasdan tugab qoladi: ularning muddatini Komissiya qaror bilan belgilaydi",
    "uz-cyrl": "Бу тадбирлар бошланмасдан тугаб қолади: уларнинг муддатини Комиссия қарор билан белгилайди",
    "kaa": "Bul ilajlar baslanbastan tamamlanıp qaladı: olardıń múddetin Komissiya qarar menen belgileydi",
    "ru": "Эти мероприятия кончились бы раньше, чем начались: их сроки устанавливает Комиссия своим решением",
    "en": "These steps would end before they begin: the Commission sets their dates by decision",
}
