# 审管 Shenguan: what people type. Each target sets up what it needs; `make` alone lists them.

PORT ?= 8000
PROFILE ?= zhanggong
DEMO ?= 1
TRANSPORT ?= kafka
T ?=
SECONDS ?= 120
SEED ?= 1
CONTROL ?=
BIN := .venv/bin
# Tests that start whole systems, each wanting both cores for itself.
ALONE := tests/wire tests/journeys tests/browser tests/chaos tests/bench
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command 'make lock'
CHECKS := check-format check-lint check-types check-imports check-contracts check-migrations \
	check-documents

.DEFAULT_GOAL := help
.PHONY: help setup run up topics check $(CHECKS) test chaos bench documents format lock clean

help: ## 列出命令
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## 按锁定文件建立 .venv（锁定文件不变则不重做）
	@sh requirements/setup run

setup-dev:
	@sh requirements/setup dev

run: setup ## 一台机器、一个进程跑起全部，再演练一遍：PORT=8000 PROFILE=zhanggong DEMO=0 不演练
	@exec $(BIN)/shenguan run --port $(PORT) --profile $(PROFILE) $(if $(filter 0,$(DEMO)),--no-demo)

up: setup ## 网关、服务、后台、控制台各自一个进程：TRANSPORT=kafka 或 postgres
	@exec $(BIN)/shenguan up --profile $(PROFILE) --transport $(TRANSPORT)

topics: setup ## 建立并核对 Kafka 主题（地址取自 SHENGUAN_KAFKA_BOOTSTRAP_SERVERS）
	@exec $(BIN)/shenguan topics

check: setup-dev ## 格式、静态检查、类型、边界、契约、迁移
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target $(CHECKS)

check-format:
	@$(BIN)/ruff format --check --quiet . && echo "格式 ✓"

check-lint:
	@$(BIN)/ruff check --quiet . && echo "静态检查 ✓"

check-types:
	@$(BIN)/mypy . && echo "类型 ✓"

check-imports:
	@$(BIN)/lint-imports --no-logo

check-contracts: $(wildcard contracts/__main__.py)
	@$(if $<,$(BIN)/python -m contracts check && echo "契约 ✓")

check-migrations:
	@$(BIN)/python -m shenguan.lintmigrations && echo "迁移 ✓"

check-documents:
	@$(BIN)/python -m shenguan.documents check && echo "文档 ✓"

test: setup-dev ## 全部测试，真实的 PostgreSQL、Kafka、Chromium；T=tests/law 只跑一处
	@sh requirements/machine java maven chromium fonts
	@$(BIN)/pytest --numprocesses=2 --dist=loadfile $(or $(T),tests $(ALONE:%=--ignore=%))
	@$(if $(T),,$(BIN)/pytest $(ALONE))

bench: setup-dev ## 快慢：各项指标与同场下限之比，写入 .run/bench.json；只用自己的 PostgreSQL 和 Kafka
	@sh requirements/machine java maven
	@$(BIN)/python -m tests.bench $(if $(ONLY),--only $(ONLY))

chaos: setup ## 故障演练：边办件边杀进程，再清点：SECONDS=120 SEED=1 TRANSPORT=kafka CONTROL=no-inbox
	@sh requirements/machine $(if $(filter kafka,$(TRANSPORT)),java maven)
	@exec $(BIN)/shenguan chaos --seconds $(SECONDS) --seed $(SEED) --transport $(TRANSPORT) --control "$(CONTROL)"

documents: setup-dev ## 重新生成 docs/ 里由代码画出的各页
	@$(BIN)/python -m shenguan.documents write

format: setup-dev ## 整理格式
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --quiet --fix .

lock: ## 重新锁定依赖（需要 uv）；requirements/*.in 改了才用
	@$(LOCK) requirements/run.in --output-file requirements/run.txt
	@$(LOCK) requirements/dev.in --output-file requirements/dev.txt --constraints requirements/run.txt

clean: ## 停止本机数据库并删除 .run/（含全部数据）与 .venv/
	@[ ! -x $(BIN)/python ] || $(BIN)/python -m shenguan.localpostgres remove .run .run/up .run/chaos
	@rm -rf .run .venv
