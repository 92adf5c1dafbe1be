package records

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"korpu/internal/fault"
	"korpu/internal/identity"
	"korpu/internal/vault"
	"korpu/policy"
)

// admit makes the login the reading role of a person who is admitted in this very snapshot, and tells the policy version.
// Where nobody is admitted no role is set, and the login itself may read no view: the statements that follow fail.
const admit = `select set_config('role', $1, true), set_config('korpu.staff', a.staff_id::text, true),
       set_config('korpu.agency', a.agency_id::text, true), set_config('korpu.purpose', $2, true),
       (select version from korpu.policy_current)
  from korpu.admitted a where a.staff_id = $3 and a.role = $4 and a.agency_id = $5`

// admitAsserted also needs the partner's client to be admitted, in this role and for this purpose.
const admitAsserted = admit + ` and exists (select from korpu.client_admission c where c.issuer = $6 and c.client_id = $7
       and c.agency_id = a.agency_id and c.roles @> array[$4] and c.purposes @> array[$2])`

func prologue(b *pgx.Batch, s identity.Subject, role string) {
	// As plain arrays: pgx would write an identifier of its own kind out as text and read it again.
	args := []any{role, s.Purpose, [16]byte(s.Staff), s.Role, [16]byte(s.Agency)}
	if s.Asserted {
		b.Queue(admitAsserted, append(args, s.Issuer, s.Client)...)
		return
	}
	b.Queue(admit, args...)
}

// send answers every planned root field from one snapshot: a batch is one implicit transaction, which the login opens
// read only and repeatable read, in one round trip.
func (r *Request) send(ctx context.Context) error {
	end, err := r.store.guesses.begin(ctx, r.subject, r.count(func(s *statement) bool { return s.plan.guess }))
	if err != nil {
		return Told(ctx, err)
	}
	defer func() { end(r.count(func(s *statement) bool { return s.missed })) }()
	batch := &pgx.Batch{}
	prologue(batch, r.subject, policy.ReadingRole(r.subject.Role))
	for _, s := range r.asked {
		batch.Queue(s.plan.sql, s.args...)
	}
	return Told(ctx, r.receive(r.store.pool.SendBatch(ctx, batch)))
}

func (r *Request) count(test func(*statement) bool) int {
	n := 0
	for _, s := range r.asked {
		if test(s) {
			n++
		}
	}
	return n
}

// receive gives the connection back however it ends: one that a defect in rendering kept would be lost to all others.
func (r *Request) receive(results pgx.BatchResults) (err error) {
	defer func() {
		if closing := results.Close(); err == nil {
			err = closing
		}
	}()
	if err := r.admitted(results); err != nil {
		return err
	}
	for _, s := range r.asked {
		if err := r.answer(results, s); err != nil {
			return err
		}
	}
	return nil
}

// admitted reads what the prologue found.
func (r *Request) admitted(results pgx.BatchResults) error {
	var version int64
	var set [4]string
	err := results.QueryRow().Scan(&set[0], &set[1], &set[2], &set[3], &version)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return fault.New(fault.Unauthenticated, "the token's holder is not admitted in this role; sign in again")
	case err != nil:
		return fmt.Errorf("admit the subject: %w", err)
	case version != r.version:
		return ErrStale
	}
	return nil
}

func (r *Request) answer(results pgx.BatchResults, s *statement) error {
	rs, err := results.Query()
	if err != nil {
		return fmt.Errorf("read records: %w", err)
	}
	found, err := r.render(rs, s)
	s.missed = s.plan.guess && found == 0
	return err
}

// render writes the rows of a statement as JSON, notes what they tell of records, and tells how many they are.
func (r *Request) render(rs pgx.Rows, s *statement) (found int, err error) {
	r.shelf.clear()
	list, err := r.shelf.take(rs, s.plan)
	if err != nil {
		return 0, err
	}
	s.withheld = make([]int, len(s.plan.trace.withheld))
	r.withheld, r.shown = s.withheld, slices.Grow(r.shown, len(list.list)*s.plan.views)
	from := len(r.shelf.out)
	if r.shelf.out, err = s.plan.render(r.shelf.out, list, r); err != nil {
		return 0, fmt.Errorf("render records: %w", err)
	}
	s.out = r.shelf.out[from:]
	return len(list.list), nil
}

// take copies the rows out of the connection's buffer. A counted page that is empty has one row, of its count alone.
func (s *shelf) take(rs pgx.Rows, p *plan) (rows, error) {
	defer rs.Close()
	var list rows
	for rs.Next() {
		raw := rs.RawValues()
		if p.total >= 0 {
			list.total = append([]byte(nil), raw[p.total]...)
			if raw[0] == nil {
				continue
			}
		}
		s.copy(raw)
	}
	list.list = s.rows
	if err := rs.Err(); err != nil {
		return list, fmt.Errorf("read records: %w", err)
	}
	for _, f := range rs.FieldDescriptions() {
		if f.Format != pgx.BinaryFormatCode && f.DataTypeOID != pgtype.TextOID { // a text has the same bytes in both forms
			return list, fmt.Errorf("column %s came as text, not in binary", f.Name)
		}
	}
	return list, nil
}

// Told turns a failure of the database into what may be said of it.
func Told(ctx context.Context, err error) error {
	var f *fault.Error
	if err == nil || errors.Is(err, ErrStale) || errors.As(err, &f) {
		return err
	}
	state := sqlState(err)
	switch {
	case state == "42P01" || state == "3F000": // a view of a version that has been dropped
		return ErrStale
	case state == "57014" || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled):
		return fault.New(fault.Timeout, "the answer took too long; ask for less")
	}
	var unreadable *vault.UnreadableError
	if errors.As(err, &unreadable) {
		slog.ErrorContext(ctx, "an encrypted value does not open: it was changed or moved, or its key is gone", "column", unreadable.Column)
		return err
	}
	logFailure(ctx, "a read failed", err)
	var network net.Error
	if errors.As(err, &network) || unavailable(state) {
		return fault.New(fault.Unavailable, "the hub cannot reach its data now; try again")
	}
	return err
}

func sqlState(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}

// unavailable covers connection failures, too many connections, and a server that is starting or stopping.
func unavailable(state string) bool {
	return len(state) == 5 && (state[:2] == "08" || state[:2] == "53" || state[:3] == "57P")
}
