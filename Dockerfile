# The server and its command line in one image. No shell is needed to run it, and none of the settings is in it.

FROM rust:1.95-slim-bookworm AS builder
# The image brings the C compiler that SQLite needs.
WORKDIR /src
COPY . .
# Libraries and what was built of them stay in caches, so that a change of ours builds our crates only.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package hongbao --bin hongbao \
    && install -D target/release/hongbao /out/bin/hongbao \
    && install -d /out/data

# The C library and certificates, and little else: no shell, no package manager.
FROM gcr.io/distroless/cc-debian12
COPY --from=builder /out/bin/hongbao /usr/local/bin/hongbao
# A new volume at this place begins as a copy of it, so that it belongs to the user who has to write there.
COPY --from=builder --chown=10001:10001 /out/data /var/lib/hongbao/data
WORKDIR /var/lib/hongbao
USER 10001:10001
# Inside a container, only its own network can reach every address. The second is the admin API and the metrics: it is
# published to the app's backend only.
ENV HONGBAO__HTTP__LISTEN=0.0.0.0:8080 \
    HONGBAO__ADMIN__LISTEN=0.0.0.0:8089 \
    HONGBAO__LOG__FORMAT=json
EXPOSE 8080 8089
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=10s --start-period=30s --retries=3 CMD ["/usr/local/bin/hongbao", "health"]
ENTRYPOINT ["/usr/local/bin/hongbao"]
CMD ["serve"]
