"""Roles and levels: the few words that all domains share."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Role(StrEnum):
    """Who works here. Labels are in `ROLE_LABELS`."""

    VILLAGE_DOCTOR = "village_doctor"
    TOWNSHIP_WORKER = "township_worker"
    COUNTY_OFFICE = "county_office"
    CITY_OFFICE = "city_office"
    PROVINCE_OFFICE = "province_office"
    HOSPITAL_DOCTOR = "hospital_doctor"
    POLICE = "police"
    PROGRAMME_ADMIN = "programme_admin"
    SYSTEM_ADMIN = "system_admin"
    AUDITOR = "auditor"


ROLE_LABELS: dict[Role, str] = {
    Role.VILLAGE_DOCTOR: "村医",
    Role.TOWNSHIP_WORKER: "乡镇精防人员",
    Role.COUNTY_OFFICE: "县精防办",
    Role.CITY_OFFICE: "市精防办",
    Role.PROVINCE_OFFICE: "省精防办",
    Role.HOSPITAL_DOCTOR: "专科医院医师",
    Role.POLICE: "派出所联络员",
    Role.PROGRAMME_ADMIN: "业务管理员",
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.AUDITOR: "审计员",
}

#: Roles that hold the records of a place. All others see no record of a person at all.
RECORD_ROLES = frozenset({Role.VILLAGE_DOCTOR, Role.TOWNSHIP_WORKER, Role.COUNTY_OFFICE})
#: Roles that see single rows shared with their institution (a card, a question), and nothing of a place.
SHARED_ROLES = frozenset({Role.HOSPITAL_DOCTOR, Role.POLICE})


class Level(IntEnum):
    """Depth in the tree of divisions."""

    NATION = 0
    PROVINCE = 1
    CITY = 2
    COUNTY = 3
    TOWNSHIP = 4
    VILLAGE = 5


LEVEL_LABELS: dict[Level, str] = {
    Level.NATION: "全国",
    Level.PROVINCE: "省",
    Level.CITY: "市",
    Level.COUNTY: "县",
    Level.TOWNSHIP: "乡镇",
    Level.VILLAGE: "村",
}
