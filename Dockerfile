# Broadsheet in one container: Airflow with its UI, the daily schedule, the warehouse.
FROM python:3.12-slim-bookworm

RUN apt-get update \
    && apt-get install --yes --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 broadsheet \
    && mkdir -p /srv/broadsheet /data \
    && chown broadsheet:broadsheet /srv/broadsheet /data

USER broadsheet
WORKDIR /srv/broadsheet

COPY --chown=broadsheet . .
RUN bin/make-env base

ENV BROADSHEET_HOME=/data \
    BROADSHEET_UI_HOST=0.0.0.0 \
    PATH=/srv/broadsheet/.venv/bin:$PATH

VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/api/v2/version', timeout=4)"]
CMD ["python", "-m", "cli.up"]
