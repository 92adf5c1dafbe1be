package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Command is the entry of a command as its transaction has written it; a chain has yet to hold it.
type Command struct {
	id   uuid.UUID
	at   time.Time
	body []byte
}

// Earlier is a command whose entry its transaction has written under the identifier, if it was carried out at all.
func Earlier(id uuid.UUID) Command { return Command{id: id} }

// Insert writes the entry of a command inside the command's own transaction, so that there is no change without it.
func Insert(ctx context.Context, tx pgx.Tx, e Entry) (Command, error) {
	c := Command{id: e.Command, at: e.At, body: e.appendBody(nil)}
	if _, err := tx.Exec(ctx, "insert into korpu.audit_command (id, at, body) values ($1, $2, $3)", c.id, c.at, string(c.body)); err != nil {
		slog.ErrorContext(ctx, "a command cannot be recorded, so it is not carried out", "kind", fmt.Sprintf("%T", err), "sqlstate", sqlState(err))
		return c, fmt.Errorf("record the command: %w", err)
	}
	return c, nil
}

// item is how a chain takes the command. One that another instance has found unlinked meanwhile, and linked, is as good.
func (c Command) item() *item {
	it := items.Get().(*item)
	it.body, it.at, it.command = append(it.body[:0], c.body...), c.at, c.id
	return it
}

// readEarlier reads the entries of commands of which nothing but the identifier is known. Those that a chain holds, or that
// were never carried out, stay without a body.
func (s *session) readEarlier(ctx context.Context, batch []*item) error {
	wanted := map[uuid.UUID]*item{}
	for _, it := range batch {
		if it.command != uuid.Nil && len(it.body) == 0 {
			wanted[it.command] = it
		}
	}
	for _, it := range batch {
		if len(it.body) > 0 {
			delete(wanted, it.command)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	rows, err := s.conn.Query(ctx, `select c.id, c.at, c.body from korpu.audit_command c
	  where c.id = any($1) and not exists (select from korpu.audit_record r where r.command = c.id)`, slices.Collect(maps.Keys(wanted)))
	if err != nil {
		return fmt.Errorf("read earlier commands: %w", err)
	}
	var id uuid.UUID
	var at time.Time
	var body string
	_, err = pgx.ForEachRow(rows, []any{&id, &at, &body}, func() error {
		wanted[id].at, wanted[id].body = at, append(wanted[id].body, body...)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read earlier commands: %w", err)
	}
	return nil
}

const left = `select c.id, c.at, c.body from korpu.audit_command c
  where not exists (select from korpu.audit_record r where r.command = c.id) order by c.at, c.id limit $1`

// linkLeft links the commands that were committed and that nobody has linked, since their instance or its connection broke.
// One that is about to be linked by another instance may be among them: whoever comes second finds it linked.
func (s *session) linkLeft(ctx context.Context) error {
	for {
		rows, err := s.conn.Query(ctx, left, mostAdds)
		if err != nil {
			return fmt.Errorf("look for commands that are not linked: %w", err)
		}
		found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (*item, error) {
			it := &item{}
			return it, row.Scan(&it.command, &it.at, &it.body)
		})
		if err != nil || len(found) == 0 {
			return err
		}
		if err := s.persist(ctx, found); err != nil {
			return err
		}
	}
}

// Link links the commands that no chain holds, in a chain of its own: for those that were carried out without an instance.
func Link(ctx context.Context, config *pgx.ConnConfig) error {
	s := &session{config: config}
	if err := s.begin(ctx); err != nil {
		return fmt.Errorf("link commands: %w", err)
	}
	s.close(ctx)
	return nil
}

// isLinked tells that a command of the batch stands in a chain already.
func isLinked(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505" && pg.ConstraintName == "audit_record_links_a_command_once"
}

// notLinked leaves out the commands that stand in a chain already.
func (s *session) notLinked(ctx context.Context, batch []*item) ([]*item, error) {
	var ids []uuid.UUID
	for _, it := range batch {
		if it.command != uuid.Nil {
			ids = append(ids, it.command)
		}
	}
	rows, err := s.conn.Query(ctx, "select command from korpu.audit_record where command = any($1)", ids)
	if err != nil {
		return nil, fmt.Errorf("look for linked commands: %w", err)
	}
	linked, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, fmt.Errorf("look for linked commands: %w", err)
	}
	return slices.DeleteFunc(slices.Clone(batch), func(it *item) bool { return slices.Contains(linked, it.command) }), nil
}
