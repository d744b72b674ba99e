# Tổng đài 1022. `make` tells what there is; every goal prepares what it needs and says what is missing.
DATA ?= var
ARGS ?=
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export HOTLINE_DATA := $(abspath $(DATA))

# $(call need,COMMAND,DEBIAN PACKAGE): one sentence when a system program is missing
need = command -v $(1) >/dev/null || { echo "Thiếu chương trình $(1): cài gói $(2) (ví dụ: sudo apt-get install $(2))"; exit 1; }

# Tests that share nothing with each other run in three processes; those with telephones and recognisers one after the other.
APART := tests/base tests/hotline1022 tests/ivr tests/scores tests/surveys tests/tickets

.PHONY: help venv setup run demo call test check bench clean lock

help:
	@echo "make demo    cài đặt tất cả và chạy thử một câu chuyện, từ cuộc gọi đến điểm của cơ quan (ARGS=\"--exit --json TỆP\")"
	@echo "make run     chạy tổng đài cho đến khi bấm Ctrl-C"
	@echo "make call    gọi vào tổng đài đang chạy (ARGS=\"--wav TỆP --keys 2 --from SỐ\")"
	@echo "make setup   chỉ chuẩn bị: môi trường, Asterisk, mô hình, cơ sở dữ liệu"
	@echo "make test    mọi kiểm thử, trên Asterisk, PostgreSQL và bộ nhận dạng thật"
	@echo "make check   kiểm tra tĩnh: kiểu, phong cách, ranh giới giữa các phần"
	@echo "make bench   đo tốc độ trên máy này"
	@echo "make clean   xoá môi trường và dữ liệu chạy thử"

venv: $(VENV)/ready

$(VENV)/ready: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Cần Python 3.11 trở lên (PYTHON=...)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Thiếu mô-đun venv của Python: cài gói python3-venv"; exit 1; }
	@echo "▸ Môi trường Python"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: venv
	@$(call need,setpriv,util-linux)
	@$(BIN)/hotline1022 setup

run: venv
	@$(call need,setpriv,util-linux)
	@$(BIN)/hotline1022 run

demo: venv
	@$(call need,setpriv,util-linux)
	@$(BIN)/hotline1022 demo $(ARGS)

call: venv
	@$(BIN)/hotline1022 call $(ARGS)

check: venv
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

test: check setup
	@$(call need,espeak-ng,espeak-ng)
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || $(call need,initdb,postgresql)
	@$(BIN)/hotline1022 models fetch vosk-ko silero-vad whisper-base voices-vi
	@$(BIN)/python -m pytest $(APART) -n 3 --dist loadfile $(ARGS)
	@$(BIN)/python -m pytest $(addprefix --ignore=,$(APART)) $(ARGS)

bench: setup
	@$(call need,sipp,sip-tester)
	@$(BIN)/python -m bench $(ARGS)

# For developers: write the locked list of packages again from pyproject.toml (needs uv).
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  --extra phone --extra dev pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) $(DATA) .pytest_cache .mypy_cache .ruff_cache .hypothesis
