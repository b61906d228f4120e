"""A notice of days off is read as it is published: names, spans over months and years, days worked instead."""

from datetime import date

from service.deadlines import notice

TEXT = """各省、自治区、直辖市人民政府：经批准，现将2031年节假日安排通知如下。
一、元旦：2030年12月31日（周二）至2031年1月2日（周四）放假调休，共3天。1月4日（周六）上班。
二、春节：1月22日（农历除夕、周三）至28日（初六、周二）放假，共7天。1月19日（周日）、2月1日（周六）上班。
三、清明节：4月5日放假。
四、国庆节、中秋节：9月30日至10月7日放假调休，共8天。9月28日、10月11日上班
节假日期间，各地区要妥善安排好值班。"""


def test_festivals_and_days_worked_instead_are_read_with_their_months_and_years() -> None:
    rest, worked = notice.read(TEXT, 2031)
    assert rest == [
        ("元旦", date(2030, 12, 31), date(2031, 1, 2)),
        ("春节", date(2031, 1, 22), date(2031, 1, 28)),
        ("清明节", date(2031, 4, 5), date(2031, 4, 5)),
        ("国庆节、中秋节", date(2031, 9, 30), date(2031, 10, 7)),
    ]
    assert worked == [date(2031, 1, 4), date(2031, 1, 19), date(2031, 2, 1), date(2031, 9, 28), date(2031, 10, 11)]


def test_a_text_that_is_no_notice_gives_nothing_and_no_date_that_there_is_not() -> None:
    assert notice.read("明天放假，后天上班。", 2031) == ([], [])
    assert notice.read("一、元旦：2月30日至31日放假。13月1日上班。", 2031) == ([], [])
