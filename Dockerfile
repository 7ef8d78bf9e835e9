# Two images: `app` (web, api, worker, beat, migrations) and `nlu` (the trained model, Python 3.10).
# `simulator` adds what the demo profile of compose.yaml needs. No image holds a secret: all come as variables.

FROM node:20-slim AS console
WORKDIR /src/console
COPY console/package.json console/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY console ./
RUN npm run build

FROM python:3.11-slim AS packages
RUN python -m venv /opt/venv
COPY requirements.txt /tmp/requirements.txt
RUN /opt/venv/bin/pip install --no-cache-dir -r /tmp/requirements.txt

FROM python:3.11-slim AS app
ENV HOST=0.0.0.0 \
    MALLOC_ARENA_MAX=2 \
    PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin xinqiao \
    && install --directory --owner=xinqiao --group=xinqiao /app/var
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY alembic.ini ./
COPY config ./config
COPY migrations ./migrations
COPY bot ./bot
COPY webhooks ./webhooks
COPY api ./api
COPY jobs ./jobs
COPY deploy/__init__.py deploy/menu.py deploy/staff.py ./deploy/
COPY --from=console /src/console/dist ./console/dist
USER 10001
# web, api, worker and beat differ in their command and health check: compose.yaml names both.
CMD ["gunicorn", "webhooks.app:create_app()", "--config", "python:webhooks.workers", "--bind", "0.0.0.0:8800", \
     "--threads", "24", "--workers", "2", "--worker-class", "gthread", "--no-control-socket"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8800/healthz', timeout=4)"]

FROM app AS simulator
COPY deploy ./deploy
COPY simulator ./simulator
CMD ["python", "-m", "simulator"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8802/phone', timeout=4)"]

FROM python:3.10-slim AS nlu-trained
RUN python -m venv /opt/venv
WORKDIR /app
COPY nlu/requirements.txt nlu/requirements.txt
# The file names every package; what Rasa would pull in besides is left out on purpose (nlu/requirements-override.txt).
RUN /opt/venv/bin/pip install --no-cache-dir --no-deps -r nlu/requirements.txt
COPY nlu ./nlu
RUN /opt/venv/bin/python nlu/train.py

FROM python:3.10-slim AS nlu
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin xinqiao
WORKDIR /app
COPY --from=nlu-trained /opt/venv /opt/venv
COPY --from=nlu-trained /app/nlu ./nlu
USER 10001
CMD ["python", "nlu/server.py", "--host", "0.0.0.0", "--port", "5005"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:5005/status', timeout=4)"]
