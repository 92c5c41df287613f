"""The bundle an inspection asks for: match the sample, choose what goes in, make one PDF, hand it out until it expires."""

from .choosing import begin_pack, settle_line, start_pack
from .giving import download_pack, drop_pack, expire_packs
from .making import bind_pack, fail_pack, make_member, make_pack, positions

__all__ = [
    "begin_pack",
    "bind_pack",
    "download_pack",
    "drop_pack",
    "expire_packs",
    "fail_pack",
    "make_member",
    "make_pack",
    "positions",
    "settle_line",
    "start_pack",
]
