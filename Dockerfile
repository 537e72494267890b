# A small Node.js 24 image without root. The client is one bundle, so the build installs nothing.
# The digest determines the image; the tag documents it (https://mcr.microsoft.com/artifact/mar/azurelinux/distroless/nodejs/about).
# If it cannot be pulled, use any image with Node.js 24 on PATH:
#   docker build --build-arg BASE_IMAGE=docker.io/library/node:24-slim .
ARG BASE_IMAGE=mcr.microsoft.com/azurelinux/distroless/nodejs:24-nonroot@sha256:be12f1235ae675a4246ac2a276ac20aac8b573e70914f726c17b96615a573ced
FROM ${BASE_IMAGE}

COPY app/dist/ /app/

# Kubernetes checks runAsNonRoot only for a number.
USER 65532:65532
ENTRYPOINT ["node", "/app/main.js"]
