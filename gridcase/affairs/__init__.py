"""What people do together and what they are thanked for: activities, teams and calls for help, honours, boards.

村里的事：活动与签到、志愿和特色服务队、评先评优、红黑榜。
"""
