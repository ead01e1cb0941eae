"""Reception days, meetings, patrols and quick answers: the doors by which a demand comes in besides the counter.

接访与巡查：选民接待日、屋场会和座谈会、巡查排查、快速答复。
"""
