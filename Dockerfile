# The index in a container: `docker build --tag bascule .`, and docs/operators/containers.md.
# BASE is any image with Python 3.11 or newer as `python`, with pip: the same for both stages.
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
# The pins are exact and hashed, so constraints of the machine that builds have nothing to add.
ENV PIP_CONSTRAINT=/dev/null PIP_NO_CACHE_DIR=1
COPY requirements/serve.txt /build/
RUN python -m venv --without-pip /opt/bascule \
    && python -m pip --python /opt/bascule/bin/python install --only-binary :all: \
        --require-hashes --requirement /build/serve.txt
COPY LICENSE README.md pyproject.toml /build/
COPY index /build/index
COPY moderation /build/moderation
COPY storage /build/storage
RUN python -m pip --python /opt/bascule/bin/python install --no-deps \
        --no-build-isolation /build \
    && python -m pip --python /opt/bascule/bin/python uninstall --yes setuptools

FROM ${BASE}
RUN echo 'bascule:x:10001:10001::/data:/usr/sbin/nologin' >> /etc/passwd \
    && echo 'bascule:x:10001:' >> /etc/group \
    && mkdir -m 700 /data \
    && chown 10001:10001 /data
COPY --from=build /opt/bascule /opt/bascule
ENV PATH=/opt/bascule/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    BASCULE_DATA=/data \
    BASCULE_HOST=0.0.0.0 \
    BASCULE_PORT=8080 \
    BASCULE_LOG_FORMAT=json
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-c", \
    "import http.client, os, sys; at = http.client.HTTPConnection('127.0.0.1', int(os.environ['BASCULE_PORT']), timeout=4); at.request('GET', '/readyz'); sys.exit(at.getresponse().status != 200)"]
ENTRYPOINT ["bascule"]
CMD ["serve"]
