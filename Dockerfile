# The client in a small non-root Node.js 24 image. Nothing is installed while it builds: the client is one bundle.
# The tag says what it is, the digest what it must be (https://mcr.microsoft.com/artifact/mar/azurelinux/distroless/nodejs/about).
# Where it cannot be pulled, use any image that has Node.js 24 on its PATH:
#   docker build --build-arg BASE_IMAGE=docker.io/library/node:24-slim .
ARG BASE_IMAGE=mcr.microsoft.com/azurelinux/distroless/nodejs:24-nonroot@sha256:be12f1235ae675a4246ac2a276ac20aac8b573e70914f726c17b96615a573ced
FROM ${BASE_IMAGE}

COPY app/dist/ /app/

# The number, not the name: runAsNonRoot can check only a number.
USER 65532:65532
ENTRYPOINT ["node", "/app/main.js"]
