package identity

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"korpu/internal/fault"
)

// Directory reads who is admitted now: the two views that the hub's own login may select. A role is held in agencies of one
// kind only, which Kind tells: what an agency's people may be shown is known from what the agency is.
type Directory struct {
	Pool *pgxpool.Pool
	Kind func(role string) string
}

// admitted is one role that a person holds now.
type admitted struct {
	Staff  uuid.UUID `db:"staff_id"`
	Agency uuid.UUID `db:"agency_id"`
	Role   string    `db:"role"`
	Kind   string    `db:"agency_kind"`
}

// partner is the registration of an agency's own system.
type partner struct {
	Agency   uuid.UUID `db:"agency_id"`
	Roles    []string  `db:"roles"`
	Purposes []string  `db:"purposes"`
}

// description is a person in words, with the roles held.
type description struct {
	Name       string   `db:"display_name"`
	AgencyCode string   `db:"agency_code"`
	AgencyName string   `db:"agency_name"`
	Kind       string   `db:"agency_kind"`
	Roles      []string `db:"roles"`
}

// person returns the roles that the issuer may assert of the one who signed in there.
func (d Directory) person(ctx context.Context, h *holder) ([]admitted, error) {
	return d.held(ctx, `
		select staff_id, agency_id, role, agency_kind from korpu.admission
		 where issuer = @issuer and subject = @subject and agency_code = any(@agencies) and role = any(@roles)
		 order by role`,
		pgx.StrictNamedArgs{"issuer": h.issuer.URL, "subject": h.subject, "agencies": h.issuer.Agencies, "roles": h.issuer.Roles})
}

// partner returns the registration of a system, none if the issuer may not speak for its agency.
func (d Directory) partner(ctx context.Context, h *holder) ([]partner, error) {
	return list[partner](ctx, d, `
		select agency_id, roles, purposes from korpu.client_admission
		 where issuer = @issuer and client_id = @client and agency_code = any(@agencies)`,
		pgx.StrictNamedArgs{"issuer": h.issuer.URL, "client": h.client, "agencies": h.issuer.Agencies})
}

// member returns the person if the agency has such a member in this role, signed in anywhere or nowhere.
func (d Directory) member(ctx context.Context, staff, agency uuid.UUID, role string) ([]admitted, error) {
	return d.held(ctx, `
		select distinct staff_id, agency_id, role, agency_kind from korpu.admission
		 where staff_id = @staff and agency_id = @agency and role = @role`,
		pgx.StrictNamedArgs{"staff": staff, "agency": agency, "role": role})
}

// describe returns what the subject may be told of itself, with those of the roles that it holds.
func (d Directory) describe(ctx context.Context, s Subject, roles []string) ([]description, error) {
	all, err := list[description](ctx, d, `
		select display_name, agency_code, agency_name, agency_kind, array_agg(distinct role order by role) as roles from korpu.admission
		 where staff_id = @staff and agency_id = @agency and role = any(@roles)
		 group by display_name, agency_code, agency_name, agency_kind`,
		pgx.StrictNamedArgs{"staff": s.Staff, "agency": s.Agency, "roles": roles})
	for i := range all {
		all[i].Roles = slices.DeleteFunc(all[i].Roles, func(role string) bool { return d.Kind(role) != all[i].Kind })
	}
	return all, err
}

func (d Directory) held(ctx context.Context, sql string, args pgx.StrictNamedArgs) ([]admitted, error) {
	all, err := list[admitted](ctx, d, sql, args)
	return slices.DeleteFunc(all, func(a admitted) bool { return d.Kind(a.Role) != a.Kind }), err
}

func list[T any](ctx context.Context, d Directory, sql string, args pgx.StrictNamedArgs) ([]T, error) {
	rows, err := d.Pool.Query(ctx, sql, args)
	if err != nil {
		return nil, unreadable(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	if err != nil {
		return nil, unreadable(err)
	}
	return found, nil
}

func unreadable(err error) error {
	return fmt.Errorf("%w: read who is admitted: %w", fault.New(fault.Unavailable, "the hub cannot look up who you are; try again shortly"), err)
}
