package resolvers

import (
	"korpu/graph/model"
	"korpu/internal/identity"
	"korpu/policy"
)

func me(s identity.Subject, p identity.Person) *model.Me {
	m := &model.Me{
		ID: s.Staff.String(), Name: p.DisplayName, Agency: p.AgencyName,
		Role: s.Role, Purpose: s.Purpose, Client: s.Client, Asserted: s.Asserted,
	}
	for _, held := range p.Roles {
		m.Roles = append(m.Roles, &model.RoleChoice{Role: held.Role, Purposes: held.Purposes})
	}
	return m
}

func access(profile *policy.Profile) []*model.Access {
	var all []*model.Access
	for _, e := range profile.Entries() {
		a := &model.Access{Type: e.Record, Access: model.AccessKindAlways, Basis: e.Basis}
		if e.Field != "" {
			a.Field = &e.Field
		}
		if e.When != "" {
			a.Access, a.When = model.AccessKindWhen, &e.When
		}
		all = append(all, a)
	}
	return all
}
