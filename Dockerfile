# Two stages: the first, which has a compiler, installs what the lock names; the second carries only the result.
FROM python:3.13-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/wirewatch
COPY requirements.lock requirements-build.lock ./
RUN /opt/wirewatch/bin/pip install --no-cache-dir --require-hashes -r requirements.lock -r requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY monitor monitor
COPY rules rules
# Without rules.engine._fast all works, but slower; and nobody would know why.
RUN /opt/wirewatch/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
 && /opt/wirewatch/bin/python -I -c 'import rules.engine._fast'

FROM python:3.13-slim-bookworm
LABEL org.opencontainers.image.licenses="Apache-2.0 AND CC-BY-SA-4.0"
# /data holds the store and config.yaml; nothing else is ever written.
RUN useradd --system --uid 10001 --no-create-home wirewatch \
 && install -d -o wirewatch -g wirewatch /data
COPY --from=build /opt/wirewatch /opt/wirewatch
COPY --chown=10001:10001 config.yaml /data/config.yaml
ENV PATH=/opt/wirewatch/bin:$PATH PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /data
VOLUME /data
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["wirewatch", "health"]
# exec form: SIGTERM reaches the daemon, which finishes what is on the wire within 15 s
STOPSIGNAL SIGTERM
ENTRYPOINT ["wirewatch"]
CMD ["run"]
