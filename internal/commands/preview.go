package commands

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/vektah/gqlparser/v2/ast"

	"korpu/internal/records"
	"korpu/policy"
)

// Opening is what a referral would open to a role of its receiver for a purpose.
type Opening struct {
	policy.Opening
	Profile *policy.Profile
}

// preview is a referral that is not sent.
type preview struct {
	request         *records.Request
	child, receiver uuid.UUID
	classes         []string // for which a consent is still to be given
}

// Preview tells what a referral of the child would open to the receiver, from the policy under which the request is. It is
// nil where the caller may not refer the child: the function that would decide on the referral decides.
func (r *Runner) Preview(ctx context.Context, child, receiver string, classes []string) (all []Opening, err error) {
	p := preview{classes: classes}
	if p.request, err = records.RequestOf(ctx); err != nil {
		return nil, err
	}
	if p.child, err = identifier("child", child); err != nil {
		return nil, err
	}
	if p.receiver, err = identifier("receiver", receiver); err != nil {
		return nil, err
	}
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, r.Pool, options, func(tx pgx.Tx) error {
		all, err = p.in(ctx, tx)
		return err
	})
	return all, records.Told(ctx, err)
}

func identifier(name, text string) (uuid.UUID, error) {
	id, err := records.Parameter(name, ast.NamedType("ID", nil), text)
	if err != nil {
		return uuid.UUID{}, err
	}
	return id.(uuid.UUID), nil
}

func (p preview) in(ctx context.Context, tx pgx.Tx) ([]Opening, error) {
	unsent := map[string]any{"child_id": p.child, "receiver_id": p.receiver, "agency_id": p.request.Subject().Agency, "author_id": p.request.Subject().Staff}
	may, err := mayMake(ctx, tx, p.request, "refer", unsent)
	if err != nil || !may {
		return nil, err
	}
	p.request.Showed(p.child)
	if err := read(ctx, tx, p.request); err != nil {
		return nil, err
	}
	kind, err := p.kind(ctx, tx)
	if err != nil {
		return nil, err
	}
	return p.openings(ctx, tx, kind)
}

// kind is what the receiver is, as the caller sees it; empty where the caller does not. Who works there, and whether the
// agency is admitted at present, is not for the caller to know.
func (p preview) kind(ctx context.Context, tx pgx.Tx) (kind string, err error) {
	seen := p.request.Profile().ViewSchema(p.request.Version()) + ".agency"
	if err = tx.QueryRow(ctx, "select coalesce((select kind from "+seen+" where id = $1), '')", p.receiver).Scan(&kind); err != nil {
		return "", fmt.Errorf("find what the receiver is: %w", err)
	}
	return kind, nil
}

// mayMake asks what would decide on a record, were a command to make it. The transaction becomes that of the command.
func mayMake(ctx context.Context, tx pgx.Tx, request *records.Request, name string, unmade map[string]any) (may bool, err error) {
	command := request.Profile().Commands[name].Command
	if err := become(ctx, tx, request, command); err != nil {
		return false, err
	}
	if err := tx.QueryRow(ctx, "select korpu.become(jsonb_populate_record(null::korpu."+command.Record.Table+", $1))", unmade).Scan(&may); err != nil {
		return false, fmt.Errorf("ask whether %s may be done: %w", name, err)
	}
	return may, nil
}

// openings are those of the roles that people of such an agency hold.
func (p preview) openings(ctx context.Context, tx pgx.Tx, kind string) ([]Opening, error) {
	all := []Opening{}
	for _, profile := range p.request.Profile().Others() {
		if policy.KindOf(profile.Role) != kind {
			continue
		}
		consented, err := p.consented(ctx, tx, profile.Purpose)
		if err != nil {
			return nil, err
		}
		for _, o := range profile.Opens(consented) {
			all = append(all, Opening{o, profile})
		}
	}
	return all, nil
}

// consented are the classes that consents open to the receiver for a purpose, as far as the caller sees consents.
func (p preview) consented(ctx context.Context, tx pgx.Tx, purpose string) ([]string, error) {
	sql := p.request.Profile().ConsentsSeen(p.request.Version())
	if sql == "" {
		return nil, nil
	}
	var given, refused []string
	if err := tx.QueryRow(ctx, sql, p.child, p.receiver, purpose).Scan(&given, &refused); err != nil {
		return nil, fmt.Errorf("read the consents that the caller sees: %w", err)
	}
	return slices.DeleteFunc(slices.Concat(given, p.classes), func(class string) bool { return slices.Contains(refused, class) }), nil
}
