"""Where a request comes from, as a network, and on what device, in words."""

from __future__ import annotations

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

V4_BITS, V6_BITS = 24, 56
UNKNOWN = "unknown"
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip
BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("YaBrowser", "Yandex Browser"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"),
    ("HeadlessChrome", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip


def address(request: HttpRequest) -> str:
    """The client's address. Behind so many proxies of our own (`ESAYLOV_PROXIES`) it is the one that the outermost of
    them saw; what stands before it in the header was written by the client and is not believed.
    """
    proxies: int = settings.ESAYLOV_PROXIES
    if proxies:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(hops) >= proxies and hops[-proxies]:
            return str(hops[-proxies])
    return str(request.META.get("REMOTE_ADDR", ""))


def network(request: HttpRequest) -> str:
    """The network of the client: 256 addresses of IPv4, one customer's of IPv6."""
    try:
        found = ipaddress.ip_address(address(request))
    except ValueError:
        return UNKNOWN
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    bits = V4_BITS if found.version == 4 else V6_BITS
    return str(ipaddress.ip_network(f"{found}/{bits}", strict=False))


def device(request: HttpRequest) -> str:
    """The device in words, such as "Chrome, Android": names of products only, nothing of what the client wrote."""
    agent = request.META.get("HTTP_USER_AGENT", "")[:500]
    browser = next((name for mark, name in BROWSERS if re.search(rf"\b{mark}/", agent)), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return ", ".join(part for part in (browser, system) if part)
