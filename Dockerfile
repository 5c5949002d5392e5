# The dashboard with its API behind nginx, all in one container: docs/serving.md.
FROM python:3.11-slim-bookworm AS built
RUN apt-get update \
    && apt-get install -y --no-install-recommends build-essential \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY requirements.txt .
# What only checks our own work stays out.
RUN sed '/^# Checks of our own work/,$d' requirements.txt > serving.txt \
    && python -m venv /opt/attune \
    && /opt/attune/bin/pip install --no-cache-dir torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu \
    && /opt/attune/bin/pip install --no-cache-dir -r serving.txt

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends nginx-light libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 attune \
    && useradd --uid 10001 --gid attune --no-create-home --home-dir /tmp attune \
    && install -d -o attune -g attune -m 0700 /state
COPY --from=built /opt/attune /opt/attune
WORKDIR /attune
COPY . .
RUN /opt/attune/bin/python -m compileall -q app.py api engine pages serving
# Nothing is fetched at run time: no model weights, no statistics.
ENV PATH=/opt/attune/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HF_HUB_OFFLINE=1 \
    TRANSFORMERS_OFFLINE=1 \
    TOKENIZERS_PARALLELISM=false \
    ATTUNE_STATE=/state \
    ATTUNE_ADDRESS=0.0.0.0 \
    ATTUNE_AUTH=accounts \
    PORT=8501
USER 10001:10001
VOLUME /state
EXPOSE 8501
HEALTHCHECK --interval=15s --timeout=10s --start-period=180s --retries=3 \
    CMD ["python", "-m", "serving.healthy"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "serving"]
