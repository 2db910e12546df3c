"""Other names of the columns. Letter case, spaces, ``_``, ``-`` and full-width forms make no difference."""

from __future__ import annotations

import re
import unicodedata

_LAT = ("纬度", "latitude")
_LON = ("经度", "longitude", "lng", "long")
_PLACE = ("地点", "地点编号")

ALIASES: dict[str, dict[str, tuple[str, ...]]] = {
    "tickets": {
        "id": ("工单号", "工单编号", "工单", "编号", "ticket", "ticket id"),
        "lat": _LAT,
        "lon": _LON,
        "place": _PLACE,
        "address": ("地址", "客户地址", "详细地址"),
        "duration_min": ("服务时长", "时长", "时长(分钟)", "服务时长(分钟)", "duration"),
        "tier": ("等级", "服务等级", "级别"),
        "opened": ("报修时间", "报单时间", "开单时间", "创建时间"),
        "windows": ("时间窗", "预约时间", "预约时间窗", "window"),
        "skills": ("技能", "技能要求", "所需技能"),
        "parts": ("备件", "所需备件", "配件"),
        "tools": ("工具", "所需工具"),
        "required": ("指定工程师", "必须工程师"),
        "preferred": ("优先工程师", "首选工程师"),
        "excluded": ("排除工程师", "禁派工程师"),
        "crew": ("班组", "协作人员"),
        "after": ("前置工单", "后于"),
        "pin_technicians": ("锁定工程师", "固定工程师"),
        "pin_start": ("锁定时间", "固定开始时间"),
        "unserved_cost_cents": ("未服务成本", "未服务成本(分)"),
    },
    "technicians": {
        "id": ("工号", "工程师", "工程师编号", "编号", "technician", "technician id"),
        "name": ("姓名", "名称"),
        "skills": ("技能",),
        "duration_percent": ("时长系数", "时长系数(%)", "工时系数"),
        "home_lat": ("家纬度", "住址纬度"),
        "home_lon": ("家经度", "住址经度"),
        "home_place": ("家地点", "住址地点"),
        "base": ("基地", "出发基地"),
        "centre": ("服务中心", "服务站", "center"),
        "profile": ("出行方式", "交通方式"),
        "stock": ("车载备件", "车载库存", "备件"),
        "tools": ("工具", "车载工具"),
        "max_distance_km": ("最大距离", "最大距离(公里)"),
        "max_drive_min": ("最大车程", "最大车程(分钟)"),
        "max_leg_km": ("单程最大距离", "单程最大距离(公里)"),
        "max_leg_min": ("单程最大车程", "单程最大车程(分钟)"),
    },
    "shifts": {
        "id": ("班次", "班次号", "班次编号", "编号", "shift"),
        "technician": ("工程师", "工程师编号", "工号"),
        "start": ("开始", "开始时间", "上班时间"),
        "regular_end": ("正常下班", "正常结束", "正常下班时间"),
        "end": ("结束", "结束时间", "最晚下班时间"),
        "start_place": ("出发地", "起点"),
        "start_lat": ("出发纬度", "起点纬度"),
        "start_lon": ("出发经度", "起点经度"),
        "end_place": ("返回地", "终点"),
        "end_lat": ("返回纬度", "终点纬度"),
        "end_lon": ("返回经度", "终点经度"),
        "breaks": ("休息", "休息时间"),
    },
    "centres": {
        "id": ("服务中心", "中心编号", "服务站", "编号", "centre", "center"),
        "lat": _LAT,
        "lon": _LON,
        "place": _PLACE,
        "restock_min": ("补货时长", "补货时长(分钟)"),
        "parts": ("备件",),
        "tools": ("工具",),
        "coverage_km": ("覆盖半径", "覆盖半径(公里)"),
        "coverage_min": ("覆盖车程", "覆盖车程(分钟)"),
    },
    "baseline": {
        "ticket": ("工单号", "工单编号", "工单"),
        "role": ("角色",),
        "technician": ("工程师", "工程师编号", "工号"),
        "start": ("开始", "开始时间"),
    },
}
"""Table to column to its other names."""


def folded(header: str) -> str:
    """Header without what makes no difference."""
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", header)).casefold()
