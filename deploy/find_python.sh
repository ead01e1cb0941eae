#!/bin/sh
# Prints the first CPython 3.11 to 3.14 that really runs: a shim of pyenv may stand on PATH and lead nowhere.
for python in ${PYTHON:+"$PYTHON"} python3 /usr/bin/python3 python3.13 python3.12 python3.11 python3.14; do
    if "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null; then
        command -v "$python"
        exit 0
    fi
done
echo "gridcase needs CPython 3.11, 3.12, 3.13 or 3.14, and none of them is on this machine." >&2
echo "gridcase 需要 CPython 3.11 至 3.14，本机没有找到。" >&2
exit 1
