package country

// Client is the system of a partner agency, with the roles and purposes in which it may name a person.
type Client struct {
	ID         string
	AgencyCode string
	Roles      []string
	Purposes   []string
}

// Clients lists the partner systems of every country.
func Clients() []Client {
	return []Client{
		{"court-system", "SUM-COURT", []string{"court_clerk", "judge"}, []string{courtAdministration, caseProceedings}},
		{"police-system", "SUM-POLICE", []string{"police_officer", "police_inspector"}, []string{caseProceedings, supervision}},
		{"ministry-system", "MINISTRY-SOCIAL", []string{"analyst"}, []string{statistics}},
	}
}
