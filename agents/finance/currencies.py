"""The currency codes of ISO 4217."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

# Currencies and funds of the standard's list one, with those withdrawn since 2023 (HRK, SLL, ZWL, CUC, ANG,
# BGN) because older statements still name them.
_LISTED = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD
CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW
KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD
NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE
SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED
VES VND VUV WST XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XUA YER ZAR ZMW ZWG ZWL
"""
CODES = frozenset(_LISTED.split())


def known(code: str) -> str:
    """Return the code in capitals.

    Raises:
        ValueError: ISO 4217 does not have it.
    """
    if code.upper() not in CODES:
        raise ValueError("is not a currency code of ISO 4217")
    return code.upper()


Currency = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=3), AfterValidator(known)
]
