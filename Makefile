# `make` or `make help` says what there is to run.

PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$python && exit; done)
VENV := .venv/bin/python
export PYTHONUTF8 := 1
MAKEFLAGS += --no-print-directory

.PHONY: help run test lint bench lighthouse messages setup clean clean-data

help:
	@echo 'make run          启动企声通（首次会自动安装）；PORT=5001 换端口，Ctrl-C 停止'
	@echo 'make test         运行全部测试；ARGS="-k 期限" 可加 pytest 的参数'
	@echo 'make lint         检查代码'
	@echo 'make bench        测量速度和内存；ARGS=pages 在十万件中打开每一页，ARGS=duplicates 在一百万件中找重复，ARGS=training 学十万条'
	@echo 'make messages     收集界面文字，更新英文译文表 service/translations/'
	@echo 'make lighthouse   用 Lighthouse 按手机测门户各页（速度、无障碍、良好做法），低于 95 分即失败'
	@echo 'make setup        只安装，不启动'
	@echo 'make clean        删除安装的软件包和缓存，保留数据'
	@echo 'make clean-data   删除 var/ 里的全部数据'

setup:
	@python='$(PYTHON)'; if [ -z "$$python" ]; then \
		echo '需要 Python 3.11 或更新的版本。请先安装，或指明位置：make run PYTHON=/路径/python3'; exit 1; fi; \
	"$$python" scripts/setup.py

run: setup
	@exec $(VENV) -m service.embedded run

test: setup
	@exec $(VENV) -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: setup
	@$(VENV) -m ruff check .
	@$(VENV) -m ruff format --check .
	@.venv/bin/lint-imports
	@$(VENV) -m mypy service

bench: setup
	@exec $(VENV) -m tests.bench $(ARGS)

lighthouse: setup
	@exec $(VENV) -m tests.lighthouse

messages: setup
	@$(VENV) -m scripts.messages

clean:
	@rm -rf service/web/static service/web/assets/node_modules tests/lighthouse/node_modules
	@rm -rf .venv build dist *.egg-info .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +

clean-data: setup
	@exec $(VENV) -m service.embedded forget
