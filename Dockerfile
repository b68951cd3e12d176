# The service in a container: non-root, root file system may be read-only, everything it remembers in /data.
#
#   docker build -t portcullis .
#   docker run --rm --entrypoint node portcullis src/tool/keys.ts --id my-idp --scopes score,outcome
#   echo '{"keys": [ THE ENTRY IT PRINTED ]}' > keys.json
#   docker run --read-only -p 127.0.0.1:7450:7450 -v portcullis-data:/data \
#     -v ./keys.json:/keys.json:ro -e PORTCULLIS_KEYS_FILE=/keys.json portcullis
#
# Inside a container "loopback" would be the container itself, so it listens on every address, and therefore starts only
# with API keys. Settings: docs/settings.md. A directory instead of the volume must belong to user 1000, who must also be able to read
# keys.json. Other tools run beside it: docker exec NAME node src/tool/recompute.ts --user ada

FROM node:24-slim AS packages
WORKDIR /app
ENV ONNXRUNTIME_NODE_INSTALL=skip
COPY package.json package-lock.json .npmrc ./
# The image brings Node itself, and onnxruntime-node brings binaries of every platform (240 MB): both go.
RUN npm ci --omit=dev --no-audit --no-fund \
 && rm -rf node_modules/node node_modules/node-linux-* node_modules/node-bin-* node_modules/.bin/node \
 && arch="$(node -p process.arch)" \
 && find node_modules/onnxruntime-node/bin -mindepth 2 -maxdepth 2 -type d ! -name linux -exec rm -rf {} + \
 && find node_modules/onnxruntime-node/bin -mindepth 3 -maxdepth 3 -type d ! -name "$arch" -exec rm -rf {} + \
 && npm cache clean --force
COPY src ./src
COPY assets ./assets
# Ahead of time, because the root file system of the running container may be read-only.
RUN node src/tool/tables/compile-asn.ts node_modules/.cache/portcullis

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.arena_max=2 PORTCULLIS_HOST=0.0.0.0 PORTCULLIS_DATA_DIR=/data
COPY --from=packages /app ./
COPY models ./models
COPY policies ./policies
COPY LICENSE NOTICE ./
RUN mkdir /data node_modules/.cache/portcullis/code && chown node:node /data node_modules/.cache/portcullis/code
USER node
# What a start strips and compiles is kept, because where the root file system is read-only each start would do it again: half the CPU of a
# start and 40 MB. Node keeps it per user. The service is started once for it, and the build fails where it does not start.
RUN PORTCULLIS_HOST=127.0.0.1 PORTCULLIS_DATA_DIR=/tmp/rehearsal timeout 15 \
      node --min-semi-space-size=16 --max-semi-space-size=16 --no-parallel-scavenge --max-old-space-size=256 --incremental-marking-soft-trigger=60 src/start.js; \
    test $? -eq 124 && rm -rf /tmp/rehearsal
VOLUME /data
EXPOSE 7450
HEALTHCHECK --interval=10s --timeout=2s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORTCULLIS_PORT || 7450}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node is process 1 and handles SIGTERM itself: it stops accepting, drains, and leaves.
# The heap is kept small: it needs about 60 MB, and would grow by hundreds for nothing.
ENTRYPOINT ["node", "--min-semi-space-size=16", "--max-semi-space-size=16", "--no-parallel-scavenge", "--max-old-space-size=256", "--incremental-marking-soft-trigger=60", "src/start.js"]
