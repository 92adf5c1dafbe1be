package pgserver

import (
	"maps"
	"slices"
)

const (
	superuser = "postgres"
	port      = "5432" // names the socket file; nothing listens on the network
)

// arguments are the server's command line: defaults, then what the caller sets.
func (h home) arguments(opts Options) []string {
	settings := map[string]string{
		"listen_addresses":        "",
		"unix_socket_directories": h.socket(),
		"unix_socket_permissions": "0700",
		"port":                    port,
		"max_connections":         "100",
		"shared_buffers":          "128MB",
		"jit":                     "off",
		"timezone":                "UTC",
		"log_timezone":            "UTC",
		// Building a set of views locks each of them in one transaction.
		"max_locks_per_transaction": "256",
		// Nothing replicates from here, so bulk loads need no write-ahead log.
		"wal_level":       "minimal",
		"max_wal_senders": "0",
		// A log holds no values of people's rows.
		"log_min_error_statement": "panic",
		"log_error_verbosity":     "terse",
	}
	if !opts.Durable {
		maps.Copy(settings, map[string]string{"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"})
	}
	maps.Copy(settings, opts.Settings)

	args := []string{"-D", h.data()}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		args = append(args, "-c", name+"="+settings[name])
	}
	return args
}
