"""Photos and papers: checked by their content, drawn anew, stored by digest. No views: each room serves its own.

照片和材料：按内容检查，重新编码，去掉拍摄信息，按摘要存放。
"""
