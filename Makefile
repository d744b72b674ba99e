# Tổng đài 1022. `make` tells what there is; every goal prepares what it needs and says what is missing.
DATA ?= var
ARGS ?=
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export HOTLINE_DATA := $(abspath $(DATA))

# $(call need,COMMAND,DEBIAN PACKAGE): one sentence when a system program is missing
need = command -v $(1) >/dev/null || { echo "Thiếu chương trình $(1): cài gói $(2) (ví dụ: sudo apt-get install $(2))"; exit 1; }

# Tests of real telephones, browsers and recognisers run one after the other; all others share nothing and run in three processes.
REAL := asterisk or engine

.PHONY: help venv panel check-panel check-docker check-dashboards test-panel screenshots setup run demo call test check bench clean lock

help:
	@echo "make demo    cài đặt tất cả và chạy thử một câu chuyện, từ cuộc gọi đến điểm của cơ quan (ARGS=\"--exit --json TỆP\")"
	@echo "make run     chạy tổng đài cho đến khi bấm Ctrl-C"
	@echo "make call    gọi vào tổng đài đang chạy (ARGS=\"--wav TỆP --keys 2 --from SỐ\")"
	@echo "make setup   chỉ chuẩn bị: môi trường, Asterisk, mô hình, cơ sở dữ liệu"
	@echo "make test    mọi kiểm thử, trên Asterisk, PostgreSQL và bộ nhận dạng thật"
	@echo "make panel   dựng trang điều hành cho trình duyệt (cần npm)"
	@echo "make test-panel   kiểm thử trang điều hành bằng Chromium trên Asterisk thật"
	@echo "make screenshots  chụp ảnh mọi trang vào docs/pictures"
	@echo "make check   kiểm tra tĩnh: kiểu, phong cách, ranh giới giữa các phần"
	@echo "make check-dashboards  kiểm tra các bảng Grafana và cảnh báo trên Prometheus và PostgreSQL thật"
	@echo "make check-docker  kiểm tra Dockerfile và compose.yaml (không cần Docker)"
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

setup: venv panel
	@$(call need,setpriv,util-linux)
	@$(BIN)/hotline1022 setup

run: venv panel
	@$(call need,setpriv,util-linux)
	@$(BIN)/hotline1022 run

demo: venv
	@$(call need,setpriv,util-linux)
	@$(BIN)/hotline1022 demo $(ARGS)

# The page in the browser: built when its sources are newer than what was built last.
panel: hotline1022/panel/built/index.html

panel/node_modules/.package-lock.json: panel/package-lock.json
	@$(call need,npm,npm)
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' \
	  || { echo "Cần Node.js 20.19 trở lên để dựng trang điều hành"; exit 1; }
	@echo "▸ Gói của trang điều hành"
	@cd panel && npm ci --silent --no-fund --no-audit
	@touch $@

# What the interface answers, as types for the page: made from its own description, so that the two cannot drift apart.
ROOMS := hotline1022 ivr surveys telephony tickets transcription
panel/src/generated/api.ts: panel/node_modules/.package-lock.json $(VENV)/ready $(shell find $(ROOMS) -name '*.py')
	@mkdir -p $(@D)
	@$(BIN)/hotline1022 openapi > $(@D)/openapi.json
	@cd panel && npm run --silent types > /dev/null

hotline1022/panel/built/index.html: panel/src/generated/api.ts panel/index.html panel/vite.config.ts $(shell find panel/src -type f -not -path '*/generated/*')
	@echo "▸ Trang điều hành"
	@cd panel && npm run --silent build -- --logLevel warn

check-panel: panel/src/generated/api.ts
	@cd panel && npm run --silent check && npm run --silent test

# Dashboards and alerts: every query on a real Prometheus and a real PostgreSQL after a simulated busy day, files by Grafana's own types.
docker/grafana/schema/node_modules/.package-lock.json: docker/grafana/schema/package-lock.json
	@$(call need,npm,npm)
	@cd $(@D)/.. && npm ci --silent --no-fund --no-audit --ignore-scripts
	@touch $@

check-dashboards: venv docker/grafana/schema/node_modules/.package-lock.json
	@$(call need,promtool,prometheus)
	@$(call need,amtool,prometheus-alertmanager)
	@$(BIN)/python -m pytest tests/dashboards $(ARGS)

# The containers' recipes: specification, hadolint, and each command that can be run without a container engine.
check-docker: venv
	@$(BIN)/python -m pytest tests/docker $(ARGS)

# What only a real browser can show: needs Chromium.
test-panel: setup
	@$(call need,chromium,chromium)
	@$(BIN)/python -m pytest tests/panel $(ARGS)

screenshots: setup
	@$(call need,chromium,chromium)
	@$(BIN)/python -m tests.panel.screenshots $(ARGS)

call: venv
	@$(BIN)/hotline1022 call $(ARGS)

check: venv check-panel
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

# Several processes at a time, those that take long first. Where a machine stalls for seconds a citizen who presses keys in real time, or a
# browser that rings, comes too late: what failed is told and tried once more, alone, with servers of its own; what fails twice fails.
define tested
@$(BIN)/python -m pytest -m "$(1)" -n $(2) --dist loadfile --no-loadscope-reorder $(ARGS) || { [ $$? = 1 ] && \
  echo "▸ Thử lại một lần những bài kiểm thử vừa hỏng" && \
  $(BIN)/python -m pytest -m "$(1)" --last-failed --last-failed-no-failures none $(ARGS); }
endef

test: check setup docker/grafana/schema/node_modules/.package-lock.json
	@$(call need,promtool,prometheus)
	@$(call need,amtool,prometheus-alertmanager)
	@$(call need,espeak-ng,espeak-ng)
	@$(call need,chromium,chromium)
	@$(call need,fc-list,fontconfig)
	@fc-list Tinos | grep -q . || { echo "Thiếu phông chữ Tinos: cài gói fonts-croscore (ví dụ: sudo apt-get install fonts-croscore)"; exit 1; }
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || $(call need,initdb,postgresql)
	@$(BIN)/hotline1022 models fetch vosk-ko silero-vad whisper-base voices-vi
	$(call tested,not ($(REAL)),3)
	$(call tested,$(REAL),2)

bench: setup
	@$(call need,sipp,sip-tester)
	@$(BIN)/python -m bench $(ARGS)

# For developers: write the locked list of packages again from pyproject.toml (needs uv).
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  --extra phone --extra dev pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) $(DATA) panel/node_modules docker/grafana/schema/node_modules panel/src/generated hotline1022/panel/built .pytest_cache .mypy_cache .ruff_cache .hypothesis
