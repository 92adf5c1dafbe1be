package identity

import (
	"context"
	"slices"
)

// Person is what Query.me tells those who ask about themselves.
type Person struct {
	DisplayName string
	AgencyCode  string
	AgencyName  string
	Roles       []HeldRole
}

// HeldRole is a role in which the caller may ask, with the purposes that it may name; the role's default stands first.
type HeldRole struct {
	Role     string
	Purposes []string
}

// Me describes the subject: of a person that a system names, only what that system may ask for.
func (a *Authenticator) Me(ctx context.Context, s Subject) (Person, error) {
	issuer, ok := a.issuers[s.Issuer]
	if !ok {
		return Person{}, errNotAdmitted
	}
	roles, purposes := issuer.Roles, a.purposes
	if s.Asserted {
		systems, err := a.directory.partner(ctx, &holder{issuer: issuer, client: s.Client})
		if err != nil {
			return Person{}, err
		}
		if len(systems) != 1 {
			return Person{}, errNotAdmitted
		}
		roles, purposes = common(roles, systems[0].Roles), common(purposes, systems[0].Purposes)
	}
	found, err := a.directory.describe(ctx, s, roles)
	if err != nil {
		return Person{}, err
	}
	if len(found) != 1 {
		return Person{}, errNotAdmitted
	}
	return a.person(found[0], purposes), nil
}

func (a *Authenticator) person(d description, purposes []string) Person {
	p := Person{DisplayName: d.Name, AgencyCode: d.AgencyCode, AgencyName: d.AgencyName}
	for _, role := range d.Roles {
		if open := a.openTo(role, purposes); len(open) > 0 {
			p.Roles = append(p.Roles, HeldRole{Role: role, Purposes: open})
		}
	}
	return p
}

// openTo lists those of the purposes that the role may name, its default first.
func (a *Authenticator) openTo(role string, purposes []string) []string {
	var open []string
	byDefault, _ := a.defaultPurpose(role)
	for _, purpose := range purposes {
		switch {
		case !a.allowed(role, purpose):
		case purpose == byDefault:
			open = slices.Insert(open, 0, purpose)
		default:
			open = append(open, purpose)
		}
	}
	return open
}
