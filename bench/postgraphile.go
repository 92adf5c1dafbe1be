package main

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/jackc/pgx/v5"
)

// peerFiles are PostGraphile's program, its packages by version, and what guards its database.
//
//go:embed postgraphile/*.mjs postgraphile/*.json postgraphile/*.sql
var peerFiles embed.FS

// The two questions as PostGraphile takes them, under the names that the hub answers with.
const (
	peerListText = `query Latest { cases: allCaseFiles(first: 50, orderBy: [OPENED_ON_DESC, ROW_ID_DESC]) { nodes {
  id: rowId number openedOn stage allegedFacts
  child: childByChildId { id: rowId givenName patronymic familyName bornOn }
  diversion: diversionByCaseIdAndChildId {
    id: rowId status statusSince nextReviewOn compliance legalGround legalAdviceTaken agreement } } } }`

	peerCaseText = `query OneCase($number: String!) { case: allCaseFiles(condition: {number: $number}, first: 1) { nodes {
  id: rowId number openedOn stage allegedFacts
  child: childByChildId { id: rowId givenName familyName bornOn schoolStatus }
  legalNotes: legalNotesByCaseIdAndChildId(first: 10, orderBy: [WRITTEN_AT_DESC, ROW_ID_DESC]) {
    nodes { id: rowId writtenAt signedAt title body } }
  procedure: procedureEventsByCaseIdAndChildId(first: 10, orderBy: [AT_DESC, ROW_ID_DESC]) {
    nodes { id: rowId kind at place outcome reason } } } } }`
)

// asPeer is a request to PostGraphile, which believes who asks.
func asPeer(addr string, q question) ([]byte, error) {
	body := map[string]any{"query": peerListText}
	if q.number != "" {
		body = map[string]any{"query": peerCaseText, "variables": map[string]any{"number": q.number}}
	}
	text, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("write a question: %w", err)
	}
	return fmt.Appendf(nil, "POST /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nKorpu-Role: %s\r\nKorpu-Staff: %s\r\nKorpu-Agency: %s\r\nContent-Length: %d\r\n\r\n%s",
		addr, q.role, q.staff, q.agency, len(text), text), nil
}

// openPeer starts PostGraphile over a copy of the database: row-level security on the hub's own tables would have its plans
// made anew at each change of role.
func (b *bench) openPeer(ctx context.Context, cases int) (*process, error) {
	folder, err := b.installPeer(ctx)
	if err != nil {
		return nil, err
	}
	database, err := b.store.guarded(ctx, cases, string(peerFile("security.sql")))
	if err != nil {
		return nil, err
	}
	address, err := url.Parse(database)
	if err != nil {
		return nil, fmt.Errorf("read the database's address: %w", err)
	}
	address.User = url.User("bench_peer")
	command := []string{filepath.Join(folder, "node_modules", ".bin", "node"), filepath.Join(folder, "server.mjs")}
	return b.open(ctx, "P", command, assignment{Database: address.String()})
}

// installPeer has npm install PostGraphile, and the Node that it needs, beside the databases: once for each set of versions.
func (b *bench) installPeer(ctx context.Context) (string, error) {
	lock := peerFile("package-lock.json")
	folder := filepath.Join(b.dir, "postgraphile-"+digest(string(lock)))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", fmt.Errorf("make the peer's folder: %w", err)
	}
	for _, name := range []string{"package.json", "package-lock.json", "server.mjs"} {
		if err := os.WriteFile(filepath.Join(folder, name), peerFile(name), 0o600); err != nil {
			return "", fmt.Errorf("write the peer's files: %w", err)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "node_modules", ".package-lock.json")); err == nil {
		return folder, nil
	}
	npm := exec.CommandContext(ctx, "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
	npm.Dir = folder
	if out, err := npm.CombinedOutput(); err != nil {
		return "", fmt.Errorf("install PostGraphile: %w\n%s", err, out)
	}
	return folder, nil
}

func peerFile(name string) []byte {
	text, err := peerFiles.ReadFile("postgraphile/" + name)
	if err != nil {
		panic(err) // it is embedded
	}
	return text
}

// peerVersions are those of the packages that were asked for.
func peerVersions() []string {
	var wanted struct{ Dependencies map[string]string }
	if err := json.Unmarshal(peerFile("package.json"), &wanted); err != nil {
		panic(err) // it is embedded
	}
	var all []string
	for _, name := range slices.Sorted(maps.Keys(wanted.Dependencies)) {
		all = append(all, name+" "+wanted.Dependencies[name])
	}
	return all
}

// guarded returns the address of a copy of a database under the peer's row-level security.
func (s *store) guarded(ctx context.Context, cases int, guard string) (string, error) {
	original, err := databaseName(cases)
	if err != nil {
		return "", err
	}
	name := original + "_" + digest(guard)
	err = s.keep(ctx, name, original, func(dsn string) error {
		return connected(ctx, dsn, func(conn *pgx.Conn) error { return run(ctx, conn, guard) })
	})
	return s.server.DSN(name), err
}
