package commands

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"korpu/internal/records"
	"korpu/policy"
)

// Sharing is what an agency may see of a child for a purpose: by law, as agreed, or not.
type Sharing struct {
	Agency        uuid.UUID
	Name, Purpose string
	State         string // BY_LAW, AGREED or CLOSED
	Classes       []string
	Until         *time.Time
}

// tied is an agency that has to do with the child, in which ways.
type tied struct {
	ID         uuid.UUID
	Name, Kind string
	Ties       []string
}

// sharing is a look at what is shared of a child.
type sharing struct {
	request *records.Request
	child   uuid.UUID
	tx      pgx.Tx
}

// Sharings tells who may see what of the child, from the policy under which the request is. It is nil where the caller may not
// record what the child answers: the function that would decide on the answer decides.
func (r *Runner) Sharings(ctx context.Context, child string) (all []Sharing, err error) {
	var s sharing
	if s.request, err = records.RequestOf(ctx); err != nil {
		return nil, err
	}
	if s.child, err = identifier("child", child); err != nil {
		return nil, err
	}
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, r.Pool, options, func(tx pgx.Tx) error {
		s.tx = tx
		all, err = s.look(ctx)
		return err
	})
	return all, records.Told(ctx, err)
}

func (s sharing) look(ctx context.Context) ([]Sharing, error) {
	caller := s.request.Subject()
	may, err := mayMake(ctx, s.tx, s.request, "recordAssent", map[string]any{"child_id": s.child, "agency_id": caller.Agency, "author_id": caller.Staff})
	if err != nil || !may {
		return nil, err
	}
	s.request.Showed(s.child)
	if err := read(ctx, s.tx, s.request); err != nil {
		return nil, err
	}
	agencies, err := s.agencies(ctx)
	if err != nil {
		return nil, err
	}
	all := []Sharing{}
	for _, a := range agencies {
		of, err := s.of(ctx, a)
		if err != nil {
			return nil, err
		}
		all = append(all, of...)
	}
	return all, nil
}

func (s sharing) agencies(ctx context.Context) ([]tied, error) {
	rows, err := s.tx.Query(ctx, s.request.Profile().TiesSeen(s.request.Version()), s.child)
	if err != nil {
		return nil, fmt.Errorf("find who has to do with the child: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[tied])
	if err != nil {
		return nil, fmt.Errorf("find who has to do with the child: %w", err)
	}
	return all, nil
}

// of lists what an agency may see for each purpose for which its people may ask.
func (s sharing) of(ctx context.Context, a tied) ([]Sharing, error) {
	var all []Sharing
	for _, purpose := range policy.Purposes {
		open, asked := s.classes(a, purpose)
		if len(open) > 0 {
			all = append(all, Sharing{Agency: a.ID, Name: a.Name, Purpose: purpose, State: "BY_LAW", Classes: open})
		}
		if len(asked) == 0 {
			continue
		}
		agreed, err := s.agreed(ctx, a, purpose, asked)
		if err != nil {
			return nil, err
		}
		all = append(all, agreed...)
	}
	return all, nil
}

// classes are those that some role of such an agency is shown for the purpose, and those that one is shown with consent. Which
// roles its people hold at present is not for the caller to know.
func (s sharing) classes(a tied, purpose string) (open, asked []string) {
	for _, p := range s.request.Profile().Others() {
		if p.Purpose == purpose && policy.KindOf(p.Role) == a.Kind {
			by, with := p.Share(a.Ties)
			open, asked = append(open, by...), append(asked, with...)
		}
	}
	slices.Sort(open)
	slices.Sort(asked)
	open = slices.Compact(open)
	return open, slices.DeleteFunc(slices.Compact(asked), func(class string) bool { return slices.Contains(open, class) })
}

// agreed parts what needs consent into what is agreed and what is closed, as far as the caller sees consents.
func (s sharing) agreed(ctx context.Context, a tied, purpose string, asked []string) ([]Sharing, error) {
	yes, err := preview{request: s.request, child: s.child, receiver: a.ID}.consented(ctx, s.tx, purpose)
	if err != nil {
		return nil, err
	}
	open := Sharing{Agency: a.ID, Name: a.Name, Purpose: purpose, State: "AGREED"}
	closed := open
	closed.State = "CLOSED"
	for _, class := range asked {
		if slices.Contains(yes, class) {
			open.Classes = append(open.Classes, class)
		} else {
			closed.Classes = append(closed.Classes, class)
		}
	}
	var all []Sharing
	if len(open.Classes) > 0 {
		if open.Until, err = s.until(ctx, open); err != nil {
			return nil, err
		}
		all = append(all, open)
	}
	if len(closed.Classes) > 0 {
		all = append(all, closed)
	}
	return all, nil
}

// until is the first day on which a consent to some of it ends.
func (s sharing) until(ctx context.Context, open Sharing) (ends *time.Time, err error) {
	sql := fmt.Sprintf(`select min(k.valid_until) from %s.consent k where k.child_id = $1 and k.recipient_id = $2 and k.purposes @> array[$3::text] and k.classes && $4
	  and k.decision = 'GIVEN' and k.withdrawn_at is null and k.valid_until > now()`, s.request.Profile().ViewSchema(s.request.Version()))
	if err := s.tx.QueryRow(ctx, sql, s.child, open.Agency, open.Purpose, open.Classes).Scan(&ends); err != nil {
		return nil, fmt.Errorf("find until when it is agreed: %w", err)
	}
	return ends, nil
}
