package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"

	"github.com/prometheus/client_golang/prometheus"

	"korpu/internal/audit"
	"korpu/internal/hub"
	"korpu/internal/identity"
	"korpu/internal/postgres"
	"korpu/internal/records"
	"korpu/internal/server"
)

// playHub is contestant K: the hub as it serves, with tokens, policy, limits, metrics and a log that goes nowhere; only the
// rate of one caller has no limit. It records its answers where it is told so.
func playHub(ctx context.Context, a assignment) (serve, error) {
	nowhere, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("open the log: %w", err)
	}
	var auditKey []byte
	if a.Audit {
		auditKey = bytes.Repeat([]byte{9}, audit.KeySize)
	}
	h, err := hub.Open(ctx, hub.Config{
		AuditKey:    auditKey,
		DatabaseURL: a.Database, Issuers: []identity.Issuer{trusted(a.Issuer, a.Agencies)}, Keys: keys(), CursorKey: bytes.Repeat([]byte{7}, records.CursorKeySize),
		Options: postgres.Options{MaxConns: conns}, Log: slog.New(slog.NewJSONHandler(nowhere, nil)),
		Metrics: prometheus.NewRegistry(), Rate: server.Unlimited,
	})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, l net.Listener) error {
		defer h.Close()
		return h.Server.Serve(ctx, l, nil)
	}, nil
}
