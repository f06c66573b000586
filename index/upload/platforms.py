"""Platform tags of wheels: which say something an installer can check."""

import re

from index.upload.policy import Policy

_FIXED = frozenset(["any", "win32", "win_amd64", "win_arm64"])
_LINUX = "x86_64|i686|aarch64|armv7l|ppc64le|s390x|riscv64"
_MAC = "ppc|ppc64|i386|x86_64|arm64|intel|fat|fat3|fat32|fat64|universal|universal2"

_KNOWN = re.compile(
    rf"""
      manylinux1_(x86_64|i686)
    | manylinux2010_(x86_64|i686)
    | manylinux2014_(x86_64|i686|aarch64|armv7l|ppc64|ppc64le|s390x)
    | manylinux_[0-9]+_[0-9]+_({_LINUX}|ppc64)          # PEP 600
    | musllinux_[0-9]+_[0-9]+_({_LINUX})                # PEP 656
    | macosx_10_[0-9]+_({_MAC})
    | macosx_(11|12|13|14|15|26)_0_({_MAC})             # Only major versions count since 11.
    | ios_[0-9]+_[0-9]+_(arm64_iphoneos|(arm64|x86_64)_iphonesimulator)    # PEP 730
    | android_[0-9]+_(armeabi_v7a|arm64_v8a|x86|x86_64)                    # PEP 738
    | pyemscripten_[0-9]+_[0-9]+_wasm32                                    # PEP 783
    """,
    re.VERBOSE,
)
_PLAIN_LINUX = re.compile(r"linux_[a-z0-9_]+")


def is_known(tag: str, *, policy: Policy) -> bool:
    """Whether a wheel may have the platform *tag* (UPLOADS.md 16, STANDARDS.md U13).

    `linux_*` promises nothing about the machines that it runs on: fine among friends only.
    """
    if policy is Policy.PRIVATE and _PLAIN_LINUX.fullmatch(tag):
        return True
    return tag in _FIXED or _KNOWN.fullmatch(tag) is not None
