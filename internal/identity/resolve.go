package identity

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"korpu/internal/fault"
)

// resolve finds the subject for whom a verified token asks.
func (a *Authenticator) resolve(ctx context.Context, h *holder, q asked) (Subject, error) {
	find := a.resolvePerson
	if h.system {
		find = a.resolveSystem
	}
	s, err := find(ctx, h, q)
	if err != nil {
		return Subject{}, &RefusedError{Who: s, cause: err}
	}
	return s, nil
}

// resolvePerson returns, with an error, as much of the subject as is known; so does resolveSystem.
func (a *Authenticator) resolvePerson(ctx context.Context, h *holder, q asked) (Subject, error) {
	if q.onBehalf != "" {
		return Subject{}, fault.New(fault.Forbidden, "%s is for partner systems; a person asks for nobody else", headerOnBehalf)
	}
	s := Subject{Client: h.client, Issuer: h.issuer.URL}
	held, err := a.directory.person(ctx, h)
	if err != nil {
		return s, err
	}
	if len(held) > 0 {
		s.Staff, s.Agency = held[0].Staff, held[0].Agency
	}
	role, err := chooseRole(rolesOf(held), q.role)
	if err != nil {
		return s, err
	}
	purpose, err := a.choosePurpose(role, q.purpose)
	if err != nil {
		return s, err
	}
	who := held[slices.IndexFunc(held, func(x admitted) bool { return x.Role == role })]
	s.Staff, s.Agency, s.Role, s.Purpose = who.Staff, who.Agency, role, purpose
	return s, nil
}

// resolveSystem takes the word of a partner system for whom it acts, within what its registration and its issuer allow.
func (a *Authenticator) resolveSystem(ctx context.Context, h *holder, q asked) (Subject, error) {
	s := Subject{Client: h.client, Issuer: h.issuer.URL, Asserted: true}
	systems, err := a.directory.partner(ctx, h)
	if err != nil {
		return s, err
	}
	if len(systems) != 1 {
		return s, errNotAdmitted
	}
	system := systems[0]
	s.Agency = system.Agency
	role, err := chooseRole(common(system.Roles, h.issuer.Roles), q.role)
	if err != nil {
		return s, err
	}
	purpose, err := a.choosePurpose(role, q.purpose)
	if err != nil {
		return s, err
	}
	if !slices.Contains(system.Purposes, purpose) {
		return s, fault.New(fault.Forbidden, "this client may not ask for the purpose %s", purpose)
	}
	who, err := a.named(ctx, system, role, q.onBehalf)
	if err != nil {
		return s, err
	}
	s.Staff, s.Agency, s.Role, s.Purpose = who.Staff, who.Agency, role, purpose
	return s, nil
}

// named has one text for all that can be wrong with the person named, so that a system learns nothing of other agencies' staff.
func (a *Authenticator) named(ctx context.Context, system partner, role, onBehalf string) (admitted, error) {
	if onBehalf == "" {
		return admitted{}, fault.New(fault.Invalid, "a partner system names the person it acts for: %s: <staff id>", headerOnBehalf)
	}
	staff, err := staffID(onBehalf)
	if err != nil {
		return admitted{}, err
	}
	members, err := a.directory.member(ctx, staff, system.Agency, role)
	if err != nil {
		return admitted{}, err
	}
	if len(members) != 1 {
		return admitted{}, fault.New(fault.Forbidden, "%s names nobody who is an active member of the client's agency in the role %s", headerOnBehalf, role)
	}
	return members[0], nil
}

// chooseRole takes the role that the request names, or the only one held; roles are never united.
func chooseRole(held []string, named string) (string, error) {
	switch {
	case len(held) == 0:
		return "", errNotAdmitted
	case slices.Contains(held, named):
		return named, nil
	case named != "":
		return "", fault.New(fault.Forbidden, "you do not hold the role that %s names; you hold: %s", headerRole, strings.Join(held, ", "))
	case len(held) > 1:
		return "", &fault.Error{Code: fault.Invalid, Message: fmt.Sprintf("you hold several roles; name one in %s: %s", headerRole, strings.Join(held, ", ")), Choices: held}
	}
	return held[0], nil
}

func (a *Authenticator) choosePurpose(role, named string) (string, error) {
	purpose := named
	if purpose == "" {
		byDefault, ok := a.defaultPurpose(role)
		if !ok {
			return "", fault.New(fault.Invalid, "name a purpose in %s; the role %s has no default", headerPurpose, role)
		}
		purpose = byDefault
	}
	if a.allowed(role, purpose) {
		return purpose, nil
	}
	open := strings.Join(a.openTo(role, a.purposes), ", ")
	if slices.Contains(a.purposes, purpose) {
		return "", fault.New(fault.Forbidden, "the role %s may not ask for the purpose %s; it may ask for: %s", role, purpose, open)
	}
	return "", fault.New(fault.Invalid, "%s names no known purpose; write, exactly so, one that is open to the role %s: %s", headerPurpose, role, open)
}

func rolesOf(held []admitted) []string {
	roles := make([]string, len(held))
	for i, h := range held {
		roles[i] = h.Role
	}
	return roles
}

func common(a, b []string) []string {
	var both []string
	for _, x := range a {
		if slices.Contains(b, x) {
			both = append(both, x)
		}
	}
	return both
}

var errNotAdmitted = fault.New(fault.Unauthenticated, "the token is valid, but its holder is not admitted; ask your agency's administrator")
