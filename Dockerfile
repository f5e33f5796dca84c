# Two stages: compile with everything, run with what is needed. BASE may be any image with Node 24 at `node` and no more.
ARG BASE=node:24-slim

FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# Not npm ci: docs/decisions/0004.
RUN npm install --no-save --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN node_modules/.bin/tsc -p tsconfig.build.json && npm prune --omit=dev --ignore-scripts

FROM ${BASE}
WORKDIR /app
ENV NODE_ENV=production
# Lists of many channels are short-lived: with a large young generation they would pile up as resident memory (make bench).
ENV NODE_OPTIONS=--max-semi-space-size=4
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY LICENSE ./
# A number, so that Kubernetes can check runAsNonRoot. Nothing is written: the root file system may be read-only.
USER 65532:65532
EXPOSE 8080
# No shell: signals reach Node itself, which finishes refreshes in flight before it ends.
ENTRYPOINT ["node", "dist/main.js"]
