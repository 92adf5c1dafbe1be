// Package commands carries out the steps that change records. A command is one transaction: it locks the child, decides on
// the locked record, changes it, announces it, and reads the result as the caller sees it, or it does nothing. Who may do
// what is decided by PostgreSQL: the transaction is that of the role's writing role, whose row-level security asks the
// functions that the policy compiles to.
package commands

import (
	"context"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"korpu/internal/audit"
	"korpu/internal/fault"
	"korpu/internal/records"
	"korpu/internal/vault"
	"korpu/policy"
)

// Runner carries out commands over a pool whose login may become any writing role.
type Runner struct {
	Pool  *pgxpool.Pool
	Vault *vault.Vault
	Key   []byte // of the digests by which a repeated command is told from another
	// Entry begins what the audit keeps of a command; nil where nothing is recorded.
	Entry func(context.Context) audit.Entry
}

// attempts bounds how often a command begins anew that PostgreSQL broke off in favour of another one.
const attempts = 4

// Do carries out the command that is being resolved. The same command under the same key has one effect, however often it
// is asked for; what it answers with is read afresh.
func (r *Runner) Do(ctx context.Context, input map[string]any) (*records.Answer, error) {
	s, err := r.prepare(ctx, input)
	if err != nil {
		return nil, err
	}
	if s.seeks() {
		return s.seek(ctx)
	}
	return s.run(ctx)
}

func (s *step) run(ctx context.Context) (answer *records.Answer, err error) {
	for range attempts {
		if answer, err = s.attempt(ctx); !again(err) {
			break
		}
	}
	s.keep(err)
	return answer, s.told(ctx, err)
}

// step is a command under way.
type step struct {
	runner   *Runner
	request  *records.Request
	access   *policy.CommandAccess
	command  *policy.Command
	result   *records.Result
	input    map[string]any
	key      string
	digest   []byte
	id       uuid.UUID // of the record that is made or changed
	expected int32
	owner    uuid.UUID // the agency of the record that is changed, where something is encrypted with its key
	rows     []row
	replayed bool
	entry    audit.Entry // what the audit keeps
	written  audit.Command
}

// prepare reads what the caller gave. Nothing is sent to the database before all of it is sound.
func (r *Runner) prepare(ctx context.Context, input map[string]any) (*step, error) {
	request, err := records.RequestOf(ctx)
	if err != nil {
		return nil, err
	}
	access := request.Profile().Commands[graphql.GetFieldContext(ctx).Field.Name]
	if access == nil {
		return nil, fmt.Errorf("%s may not do %s", request.Profile(), graphql.GetFieldContext(ctx).Field.Name)
	}
	s := &step{runner: r, request: request, access: access, command: access.Command, input: input, entry: r.begin(ctx)}
	if s.result, err = request.Result(ctx, s.command.Record); err != nil {
		return nil, err
	}
	if err := s.readEnvelope(); err != nil {
		return nil, err
	}
	if s.digest, err = r.digestOf(s.command, input); err != nil {
		return nil, err
	}
	s.rows, err = s.plan()
	return s, err
}

func (s *step) attempt(ctx context.Context) (answer *records.Answer, err error) {
	options := pgx.TxOptions{IsoLevel: pgx.ReadCommitted, AccessMode: pgx.ReadWrite}
	err = pgx.BeginTxFunc(ctx, s.runner.Pool, options, func(tx pgx.Tx) error {
		answer, err = s.carryOut(ctx, tx)
		return err
	})
	return answer, err
}

// carryOut does the whole of the command in a transaction that is read committed: having waited for the lock on the child,
// it sees what the one before it did.
func (s *step) carryOut(ctx context.Context, tx pgx.Tx) (*records.Answer, error) {
	if err := become(ctx, tx, s.request, s.command); err != nil {
		return nil, err
	}
	if err := s.receipt(ctx, tx); err != nil {
		return nil, err
	}
	if !s.replayed {
		if err := s.change(ctx, tx); err != nil {
			return nil, err
		}
	}
	if err := read(ctx, tx, s.request); err != nil {
		return nil, err
	}
	return s.result.Read(ctx, tx, s.id)
}

// read makes the transaction that of the caller's reading role.
func read(ctx context.Context, tx pgx.Tx, request *records.Request) error {
	if _, err := tx.Exec(ctx, "select set_config('role', $1, true)", policy.ReadingRole(request.Subject().Role)); err != nil {
		return fmt.Errorf("become the reading role: %w", err)
	}
	return nil
}

// become makes the transaction that of the caller's writing role, and names the command that it is for.
func become(ctx context.Context, tx pgx.Tx, request *records.Request, command *policy.Command) error {
	if err := request.Become(ctx, tx, policy.WritingRole(request.Subject().Role)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "select set_config('korpu.schema', $1, true), set_config('korpu.command', $2, true)",
		request.Profile().ViewSchema(request.Version()), command.FunctionName())
	if err != nil {
		return fmt.Errorf("name the command: %w", err)
	}
	return nil
}

// change locks, decides and writes.
func (s *step) change(ctx context.Context, tx pgx.Tx) error {
	rows, err := s.find(ctx, tx)
	if err != nil {
		return err
	}
	if err := s.lock(ctx, tx, rows); err != nil {
		return err
	}
	if s.command.Action != "create" {
		if err := s.decide(ctx, tx); err != nil {
			return err
		}
	}
	for _, r := range rows {
		if r, err = s.seal(ctx, r); err != nil {
			return err
		}
		if err := r.write(ctx, tx); err != nil {
			return err
		}
	}
	return s.announce(ctx, tx)
}

// announce puts the event into the outbox, and the entry where the audit finds it.
func (s *step) announce(ctx context.Context, tx pgx.Tx) error {
	var child, file uuid.NullUUID
	row := tx.QueryRow(ctx, "select child, of_case from korpu.announce($1, $2, $3, $4)", s.command.Name, s.command.Record.Name, s.command.Record.Table, s.id)
	if err := row.Scan(&child, &file); err != nil {
		return fmt.Errorf("announce: %w", err)
	}
	return s.write(ctx, tx, child.UUID, file.UUID)
}

// errNotFound is the same for a record that is not there and for one on which the command is not open to the caller.
var errNotFound = fault.New(fault.NotFound, "there is no such record for this command: it does not exist, or the command is not open to you on it")
