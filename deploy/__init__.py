"""What installs and starts gridcase on a machine. 安装与启动。"""
