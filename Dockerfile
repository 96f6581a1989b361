# Broadsheet as the services of docker-compose.yml run it: the locked environment and the code,
# owned by root and read-only for the two users that run it.
FROM python:3.12-slim-bookworm

RUN useradd --create-home --uid 10001 pipeline \
    && useradd --create-home --uid 10002 analyst \
    && install --directory --owner pipeline --group pipeline --mode 0711 /data

WORKDIR /srv/broadsheet
ENV UV_NO_CACHE=1 PIP_NO_CACHE_DIR=1

# The locks in a layer of their own: a change of code installs nothing anew.
COPY bin/make-env bin/make-env
COPY requirements requirements
RUN bin/make-env server

COPY . .
RUN bin/make-env server

ENV BROADSHEET_HOME=/data \
    PATH=/srv/broadsheet/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1

USER pipeline
VOLUME /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "cli.server"]
