# gate-app in a small image: no shell, no package manager, not root.
#
#   docker build -t gate-app .
#   docker run -p 3000:3000 -v gate:/data -e GATE_PUBLIC_URL=https://gate.example.org gate-app
#
# deploy/compose.yml runs it with PostgreSQL. README.md lists the settings.

# The toolchain that the tests ran with, and a C compiler for SQLite and aws-lc.
FROM docker.io/library/rust:1.95.0-slim-trixie AS build
WORKDIR /src
COPY . .
# What cargo downloads and builds is kept from one image to the next; only the binary goes on.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package gate-app --bin gate-app \
    && install -D target/release/gate-app /out/gate-app \
    && install -d /out/data

# glibc, certificates and time zones of the same Debian, and nothing else; `nonroot` is 65532.
FROM gcr.io/distroless/cc-debian13:nonroot
COPY --from=build /out/gate-app /usr/local/bin/gate-app
COPY --from=build --chown=nonroot:nonroot /out/data /data
# The database of a start without DATABASE_URL is a file here; mount a volume to keep it.
WORKDIR /data
VOLUME ["/data"]
ENV GATE_LISTEN=0.0.0.0:3000
EXPOSE 3000
# `SIGTERM` lets it finish what is in hand, which takes twenty seconds at most, and as long again for
# connections: give it 45 with `docker stop --timeout 45`.
STOPSIGNAL SIGTERM
# Whether the process answers. `health --ready` asks whether it can work too; an orchestrator that
# restarts what is not ready would restart it whenever the database is away.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["/usr/local/bin/gate-app", "health"]
ENTRYPOINT ["/usr/local/bin/gate-app"]
CMD ["serve"]
