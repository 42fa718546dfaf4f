"""Provinces and counties by their TERYT codes. Pure.

Counties are listed for Pomorskie, where the foundation works; elsewhere the province's two digits are enough.
Source: TERYT, the register of territorial division.
"""

from collections.abc import Mapping

PROVINCES: Mapping[str, str] = {
    "02": "dolnośląskie",
    "04": "kujawsko-pomorskie",
    "06": "lubelskie",
    "08": "lubuskie",
    "10": "łódzkie",
    "12": "małopolskie",
    "14": "mazowieckie",
    "16": "opolskie",
    "18": "podkarpackie",
    "20": "podlaskie",
    "22": "pomorskie",
    "24": "śląskie",
    "26": "świętokrzyskie",
    "28": "warmińsko-mazurskie",
    "30": "wielkopolskie",
    "32": "zachodniopomorskie",
}

COUNTIES: Mapping[str, str] = {
    "2201": "bytowski",
    "2202": "chojnicki",
    "2203": "człuchowski",
    "2261": "Gdańsk",
    "2204": "gdański",
    "2262": "Gdynia",
    "2205": "kartuski",
    "2206": "kościerski",
    "2207": "kwidzyński",
    "2208": "lęborski",
    "2209": "malborski",
    "2210": "nowodworski",
    "2211": "pucki",
    "2263": "Słupsk",
    "2212": "słupski",
    "2264": "Sopot",
    "2213": "starogardzki",
    "2216": "sztumski",
    "2214": "tczewski",
    "2215": "wejherowski",
}


def is_code(text: str) -> bool:
    """Is it the code of a province, or of a county in one?"""
    return len(text) in {2, 4} and text.isascii() and text.isdigit() and text[:2] in PROVINCES


def place_name(code: str) -> str:
    """The name of a county or province; a county that is not listed here by code and province."""
    if code in COUNTIES:
        return COUNTIES[code]
    province = PROVINCES.get(code[:2], "")
    return province if len(code) == 2 or not province else f"{code} ({province})"
