# One image for every process; docker-compose.yml says which command each runs.
FROM python:3.13-slim-bookworm AS build
RUN python -m venv /venv
COPY requirements.lock /tmp/requirements.lock
RUN /venv/bin/pip install --no-cache-dir --require-hashes --no-deps --no-input -r /tmp/requirements.lock

FROM python:3.13-slim-bookworm
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    WATCHFLOOR_DATA_DIR=/data
# What PDFs are set in: without them Latin, Greek and Cyrillic are printed, other scripts as boxes that the document tells of.
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-noto-core fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /app watchfloor \
    && mkdir /app /data \
    && chown watchfloor /data
COPY --from=build /venv /venv
WORKDIR /app
COPY . .
# Collecting static files reads the settings but none of the secrets; production's are never in the image.
RUN WATCHFLOOR_ENV=production \
    WATCHFLOOR_SECRET_KEY=only-while-the-image-is-built-0123456789-abcdefghijklmnopq \
    WATCHFLOOR_FIELD_KEYS=bm90LWEtc2VjcmV0LW5vdC1hLXNlY3JldC1ub3QtYSE= \
    WATCHFLOOR_REFERENCE_KEY=only-while-the-image-is-built-0123456789 \
    WATCHFLOOR_HOSTS=build DATABASE_URL=postgresql://build@build/build REDIS_URL=redis://:build@build:6379/0 \
    python manage.py collectstatic --noinput --verbosity 0
USER watchfloor
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "--config", "deploy/gunicorn.py", "config.asgi:application"]
