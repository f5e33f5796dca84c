# Two stages: compile with everything, run with what is needed. Both bases may be any image with Node 24 at `node`; pin them by
# digest (BASE=node:24-slim@sha256:…), or use scripts/image.ts, which says when they are not.
ARG BASE=node:24-slim
ARG BUILD_BASE=node:24-slim

FROM ${BUILD_BASE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# Not npm ci: docs/decisions/0004.
RUN npm install --no-save --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json LICENSE ./
COPY scripts/image-tree.ts ./scripts/
COPY src ./src
# The same bytes each time, whoever builds: test/chart/image.test.ts.
RUN node scripts/image-tree.ts /image

FROM ${BASE}
WORKDIR /app
ENV NODE_ENV=production
# Lists of many channels are short-lived: with a large young generation they would pile up as resident memory (make bench).
ENV NODE_OPTIONS=--max-semi-space-size=4
COPY --from=build /image ./
# A number, so that Kubernetes can check runAsNonRoot. Nothing is written: the root file system may be read-only.
USER 65532:65532
EXPOSE 8080
# No shell: signals reach Node itself, which finishes refreshes in flight before it ends.
ENTRYPOINT ["node", "dist/main.js"]
