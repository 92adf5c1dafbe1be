package audit

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// session is a connection and the chain that is added to over it. One goroutine uses it.
type session struct {
	config *pgx.ConnConfig
	key    string // names the secret of the digests
	conn   *pgx.Conn
	head   Head // of what is known to be durable
	sent   Head // of what was sent last, and may be
	failed failed
}

// failed is what a chain is told of a time in which nothing could be added.
type failed struct {
	since time.Time
	times int
}

// begin connects, begins a chain, and links the commands that no chain holds.
func (s *session) begin(ctx context.Context) error {
	if err := s.connect(ctx); err != nil {
		return err
	}
	err := s.newChain(ctx)
	if err == nil {
		err = s.linkLeft(ctx)
	}
	if err != nil {
		s.close(ctx)
	}
	return err
}

// add appends the items to the chain in one transaction.
func (s *session) add(ctx context.Context, batch []*item) error {
	err := s.addAll(ctx, batch)
	if err != nil {
		s.close(ctx)
		s.refuse(batch)
	}
	return err
}

// addAll first tells the chain of a time in which nothing could be added, and last links what that time has left.
func (s *session) addAll(ctx context.Context, batch []*item) error {
	interrupted := s.failed.times > 0
	if s.conn == nil {
		if _, err := s.resume(ctx); err != nil {
			return err
		}
	}
	if interrupted {
		batch = append([]*item{s.interruption()}, batch...)
	}
	if err := s.persist(ctx, batch); err != nil || !interrupted {
		return err
	}
	s.failed = failed{}
	return s.linkLeft(ctx)
}

// persist appends the items, and tries again where that fails. Of a connection that broke nobody knows what it has committed,
// so the chain is read first.
func (s *session) persist(ctx context.Context, batch []*item) error {
	err := s.append(ctx, batch)
	for tries := 0; err != nil && tries < 2; tries++ {
		var landed bool
		var again error
		if isLinked(err) {
			batch, again = s.notLinked(ctx, batch)
		} else {
			landed, again = s.resume(ctx)
		}
		switch {
		case again != nil:
			return errors.Join(err, again)
		case landed:
			return nil
		}
		err = s.append(ctx, batch)
	}
	return err
}

// refuse notes that the items could not be added.
func (s *session) refuse(batch []*item) {
	if s.failed.times == 0 {
		s.failed.since = time.Now()
	}
	s.failed.times += len(batch)
}

// resume connects anew and goes on with the chain, or with a new one where the database has not what it should have. It
// tells whether what was sent last has been added.
func (s *session) resume(ctx context.Context) (landed bool, err error) {
	s.close(ctx)
	if err := s.connect(ctx); err != nil {
		return false, err
	}
	there, err := s.readHead(ctx)
	switch {
	case err != nil:
		return false, err
	case there == s.head:
		return false, nil
	case there == s.sent:
		s.head = s.sent
		return true, nil
	}
	return false, s.newChain(ctx)
}

func (s *session) connect(ctx context.Context) (err error) {
	if s.conn, err = pgx.ConnectConfig(ctx, s.config.Copy()); err != nil {
		return fmt.Errorf("connect to write the audit: %w", err)
	}
	return nil
}

func (s *session) close(ctx context.Context) {
	if s.conn != nil {
		_ = s.conn.Close(ctx) // it may be broken already
		s.conn = nil
	}
}

func (s *session) readHead(ctx context.Context) (Head, error) {
	rows, err := s.conn.Query(ctx, "select chain, seq, hash from korpu.audit_record where chain = $1 order by seq desc limit 1", s.head.Chain)
	heads, err := collectHeads(rows, err)
	if err != nil || len(heads) == 0 {
		return Head{}, err
	}
	return heads[0], nil
}

func collectHeads(rows pgx.Rows, err error) ([]Head, error) {
	if err != nil {
		return nil, fmt.Errorf("read heads of chains: %w", err)
	}
	heads, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (h Head, err error) {
		var hash []byte
		err = row.Scan(&h.Chain, &h.Seq, &hash)
		copy(h.Hash[:], hash)
		return h, err
	})
	if err != nil {
		return nil, fmt.Errorf("read heads of chains: %w", err)
	}
	return heads, nil
}

const insert = `insert into korpu.audit_record (chain, seq, at, command, body, hash)
 select $1::uuid, * from unnest($2::bigint[], $3::timestamptz[], $4::uuid[], $5::text[], $6::bytea[])`

// append links the bodies to the chain and inserts them: one statement, which is one transaction.
func (s *session) append(ctx context.Context, batch []*item) error {
	if err := s.readEarlier(ctx, batch); err != nil {
		return err
	}
	n := len(batch)
	seqs, ats, commands := make([]int64, 0, n), make([]time.Time, 0, n), make([]pgtype.UUID, 0, n)
	bodies, hashes, sums := make([][]byte, 0, n), make([][]byte, 0, n), make([]byte, 0, n*sha256.Size)
	last, linked := s.head, map[uuid.UUID]bool{}
	for _, it := range batch {
		if len(it.body) == 0 || linked[it.command] {
			continue // of a command that two answers bring along, one record is made
		}
		linked[it.command] = it.command != uuid.Nil
		last = last.next(it.body)
		sums = append(sums, last.Hash[:]...)
		seqs, ats, bodies = append(seqs, last.Seq), append(ats, it.at), append(bodies, it.body)
		commands = append(commands, pgtype.UUID{Bytes: it.command, Valid: it.command != uuid.Nil})
		hashes = append(hashes, sums[len(sums)-sha256.Size:])
	}
	if len(seqs) == 0 {
		return nil
	}
	s.sent = last
	if _, err := s.conn.Exec(ctx, insert, last.Chain, seqs, ats, commands, bodies, hashes); err != nil {
		return fmt.Errorf("add to the audit: %w", err)
	}
	s.head = last
	return nil
}

// interruption tells the chain for how long nothing could be added.
func (s *session) interruption() *item {
	now := time.Now()
	body := open(nil, "interruption", now, uuid.Nil)
	body = append(body, fmt.Sprintf(`,"since":"%s","refused":%d}`, s.failed.since.UTC().Format(moment), s.failed.times)...)
	return &item{body: body, at: now}
}

func sqlState(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}
