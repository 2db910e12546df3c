"""Districts and towns (街道, 镇) of the Pearl River Delta: the places of the demo day.

Coordinates are WGS-84, from GeoNames (https://www.geonames.org, CC BY 4.0), rounded to four digits (11 m). Places
within walking distance of Hong Kong or Macau are left out: a scatter of a few hundred metres must not cross a border.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """One district or town: pinyin, Chinese name, WGS-84 degrees."""

    name: str
    chinese: str
    lat: float
    lon: float


def _towns(table: str) -> tuple[Town, ...]:
    rows = (line.split() for line in table.strip().splitlines())
    return tuple(Town(name=name, chinese=chinese, lat=float(lat), lon=float(lon)) for name, chinese, lat, lon in rows)


TOWNS: dict[str, tuple[Town, ...]] = {
    "GZ": _towns("""
        Wushan 五山街道 23.1589 113.3468
        Huangcun 黄村街道 23.1290 113.4078
        Longdong 龙洞街道 23.2005 113.3720
        Lianhe 联和街道 23.2161 113.4077
        Tonghe 同和街道 23.2023 113.3166
        Yongping 永平街道 23.2333 113.3011
        Huangshi 黄石街道 23.2097 113.2633
        Xinshi 新市街道 23.2015 113.2530
        Shijing 石井街道 23.2074 113.2311
        Jiahe 嘉禾街道 23.2283 113.2695
        Jianggao 江高镇 23.2670 113.2304
        Taihe 太和镇 23.2923 113.3496
        Tongde 同德街道 23.1679 113.2387
        Huadi 花地街道 23.0977 113.2224
        Dongsha 东沙街道 23.0675 113.2495
        Luopu 洛浦街道 23.0432 113.2902
        Dashi 大石街道 23.0221 113.3045
        Zhongcun 钟村街道 22.9761 113.3131
        Shatou 沙头街道 22.9551 113.3361
        Shiqiao 市桥街道 22.9464 113.3577
        Qiaonan 桥南街道 22.9254 113.3666
        Shawan 沙湾街道 22.9105 113.3320
        Nancun 南村镇 23.0141 113.3893
        Xiaoguwei 小谷围街道 23.0392 113.3627
        Xinzao 新造镇 23.0432 113.4159
        Hualong 化龙镇 23.0453 113.4489
        Shilou 石楼镇 22.9766 113.4845
        Shiqi 石碁镇 22.9564 113.4334
        Dongyong 东涌镇 22.8866 113.4558
        Changzhou 长洲街道 23.0817 113.4223
        Dasha 大沙街道 23.1104 113.4418
        Hongshan 红山街道 23.1025 113.4658
        Suidong 穗东街道 23.0846 113.5063
        Nangang 南岗街道 23.1009 113.5417
        Luogang 萝岗街道 23.1779 113.5010
        Yonghe 永和街道 23.1816 113.5847
        """),
    "SZ": _towns("""
        Nanshan 南山街道 22.5380 113.9389
        Shekou 蛇口街道 22.4936 113.9156
        Nantou 南头街道 22.5356 113.9156
        Xili 西丽街道 22.5881 113.9479
        Shahe 沙河街道 22.5523 113.9791
        Futian 福田区 22.5455 114.0683
        Xinan 新安街道 22.5727 113.9162
        Xixiang 西乡街道 22.5931 113.8889
        Fuyong 福永街道 22.6721 113.8152
        Shajing 沙井街道 22.7463 113.8190
        Songgang 松岗街道 22.7787 113.8454
        Shiyan 石岩街道 22.6859 113.9412
        Gongming 公明街道 22.7874 113.8825
        Guangming 光明街道 22.7723 113.9300
        Longhua 龙华街道 22.6578 114.0089
        Dalang 大浪街道 22.6775 114.0086
        Minzhi 民治街道 22.6245 114.0376
        Bantian 坂田街道 22.6364 114.0499
        Guanlan 观澜街道 22.7211 114.0524
        Buji 布吉街道 22.6030 114.1007
        Nanwan 南湾街道 22.5988 114.1304
        Pinghu 平湖街道 22.6906 114.1170
        Henggang 横岗街道 22.6489 114.1961
        Longcheng 龙城街道 22.7024 114.2152
        Longgang 龙岗街道 22.7229 114.2633
        Pingdi 坪地街道 22.7707 114.3023
        Pingshan 坪山街道 22.6940 114.3346
        Liantang 莲塘街道 22.5667 114.1686
        Yantian 盐田街道 22.5600 114.2348
        Meisha 梅沙街道 22.5984 114.3011
        """),
    "DG": _towns("""
        Guancheng 莞城街道 23.0490 113.7522
        Nancheng 南城街道 23.0249 113.7437
        Dongcheng 东城街道 23.0452 113.7853
        Wanjiang 万江街道 23.0575 113.7365
        Gaobu 高埗镇 23.0844 113.7179
        Shijie 石碣镇 23.0955 113.7920
        Shilong 石龙镇 23.1144 113.8472
        Chashan 茶山镇 23.0696 113.8690
        Liaobu 寮步镇 22.9999 113.8816
        Dalang 大朗镇 22.9481 113.9276
        Dongkeng 东坑镇 22.9889 113.9414
        Hengli 横沥镇 23.0289 113.9534
        Shipai 石排镇 23.0878 113.9475
        Qishi 企石镇 23.0724 114.0221
        Qiaotou 桥头镇 23.0247 114.0923
        Changping 常平镇 22.9769 113.9902
        Huangjiang 黄江镇 22.9206 113.9965
        Xiegang 谢岗镇 22.9610 114.1410
        Tangxia 塘厦镇 22.8081 114.0964
        Qingxi 清溪镇 22.8371 114.1648
        Fenggang 凤岗镇 22.7568 114.1488
        Houjie 厚街镇 22.9446 113.6559
        Humen 虎门镇 22.8190 113.6731
        Changan 长安镇 22.8065 113.8028
        """),
    "FS": _towns("""
        Zumiao 祖庙街道 23.0254 113.1303
        Shiwan 石湾镇街道 23.0011 113.0770
        Zhangcha 张槎街道 23.0370 113.0763
        Nanzhuang 南庄镇 22.9877 113.0029
        Guicheng 桂城街道 23.0363 113.1856
        Dali 大沥镇 23.1197 113.1167
        Lishui 里水镇 23.2011 113.1600
        Luocun 罗村街道 23.0564 113.0328
        Shishan 狮山镇 23.1239 113.0088
        Danzao 丹灶镇 23.0425 112.9139
        Xiqiao 西樵镇 22.9461 112.9674
        Jiujiang 九江镇 22.8359 113.0067
        Longjiang 龙江镇 22.8865 113.0682
        Lecong 乐从镇 22.9587 113.0762
        Beijiao 北滘镇 22.9271 113.1982
        Chencun 陈村镇 22.9643 113.2197
        Lunjiao 伦教街道 22.8740 113.2121
        Daliang 大良街道 22.8407 113.2503
        Ronggui 容桂街道 22.7626 113.2518
        Leliu 勒流街道 22.8606 113.1190
        Xingtan 杏坛镇 22.7837 113.1445
        Xinan 西南街道 23.1545 112.8934
        Leping 乐平镇 23.2641 113.0189
        """),
    "ZS": _towns("""
        Shiqi 石岐街道 22.5168 113.3852
        Dongqu 东区街道 22.5169 113.4043
        Xiqu 西区街道 22.5210 113.3566
        Zhongshangang 中山港街道 22.5646 113.4870
        Nanlang 南朗街道 22.4917 113.5374
        Gangkou 港口镇 22.5897 113.3747
        Shaxi 沙溪镇 22.5056 113.3065
        Dayong 大涌镇 22.4706 113.2849
        Henglan 横栏镇 22.5337 113.2485
        Guzhen 古镇镇 22.6152 113.1750
        Xiaolan 小榄镇 22.6783 113.2313
        Dongfeng 东凤镇 22.6900 113.2453
        Nantou 南头镇 22.7217 113.2926
        Huangpu 黄圃镇 22.7167 113.3366
        Fusha 阜沙镇 22.6623 113.3451
        Sanjiao 三角镇 22.6850 113.4275
        Minzhong 民众街道 22.6242 113.4877
        Wuguishan 五桂山街道 22.4049 113.4293
        Banfu 板芙镇 22.4097 113.3183
        Sanxiang 三乡镇 22.3505 113.4203
        Shenwan 神湾镇 22.2915 113.3695
        Tanzhou 坦洲镇 22.2550 113.4669
        """),
    "ZH": _towns("""
        Xiangzhou 香洲区 22.2769 113.5678
        Jida 吉大街道 22.2545 113.5702
        Qianshan 前山街道 22.2433 113.5211
        Nanping 南屏镇 22.2257 113.4970
        Tangjiawan 唐家湾镇 22.3606 113.5962
        Hongqi 红旗镇 22.1479 113.3427
        Sanzao 三灶镇 22.0530 113.3428
        Jingan 井岸镇 22.2107 113.2922
        Qianwu 乾务镇 22.1644 113.2307
        Pingsha 平沙镇 22.1060 113.1926
        Doumen 斗门镇 22.2342 113.1910
        Lianzhou 莲洲镇 22.3187 113.2073
        """),
}
"""Towns by the service centre that covers them: Guangzhou, Shenzhen, Dongguan, Foshan, Zhongshan, Zhuhai."""

CENTRES: dict[str, tuple[str, float, float, int]] = {
    "GZ": ("Guangzhou", 23.1000, 113.3200, 36_000),  # Haizhu
    "SZ": ("Shenzhen", 22.6578, 114.0089, 36_000),  # Longhua
    "DG": ("Dongguan", 22.9700, 113.9000, 35_000),  # between Liaobu and Dalang
    "FS": ("Foshan", 23.0254, 113.1303, 35_000),  # Chancheng
    "ZS": ("Zhongshan", 22.5168, 113.3852, 32_000),  # Shiqi
    "ZH": ("Zhuhai", 22.2433, 113.5211, 38_000),  # Qianshan
}
"""Name, lat, lon and covered radius in metres, as the crow flies, of each centre. The radii keep the two shores of
the estuary apart: travel is made from straight lines, and no technician may be sent across the water."""

DETOUR_PERCENT = 130
"""Roads over straight lines, as the geodesic travel source takes it: coverage is measured in travelled metres."""

OUT_OF_REACH = Town(name="Nanao", chinese="南澳街道", lat=22.5408, lon=114.4898)
"""On the Dapeng peninsula, outside every centre's radius."""
