# The service: API with embedded workers, or workers alone (`callout worker`).
FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements-service.txt pyproject.toml README.md LICENSE ./
COPY dispatch dispatch
COPY solver solver
COPY geo geo
COPY scenarios scenarios
COPY api api
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements-service.txt \
    && /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 callout && install -d -o callout /data
COPY --from=build /venv /venv
USER callout
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 CALLOUT_DATABASE_URL=sqlite:////data/callout.sqlite
# Compile the search once, so that the first plan does not wait for it.
RUN callout warm
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/ready', timeout=2)"]
STOPSIGNAL SIGTERM
CMD ["callout", "serve", "--host", "0.0.0.0"]
