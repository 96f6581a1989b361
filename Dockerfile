# The image of every Broadsheet service: the same locks as `make run`, no root at run time.
FROM python:3.12-slim-bookworm

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /opt/broadsheet

COPY requirements/server.txt requirements/server.txt
RUN pip install --require-hashes --requirement requirements/server.txt

COPY . .
RUN pip install --no-deps --no-build-isolation --editable . \
    && useradd --uid 10001 --create-home --home-dir /home/pipeline pipeline \
    && install --directory --owner pipeline --group pipeline /data

ENV PYTHONPATH=/opt/broadsheet:/opt/broadsheet/dags/settings
USER pipeline
VOLUME /data
