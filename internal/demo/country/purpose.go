package country

// Purposes as the policy names them; partner systems state them and consents cover them.
const (
	caseProceedings     = "CASE_PROCEEDINGS"
	supervision         = "SUPERVISION"
	courtAdministration = "COURT_ADMINISTRATION"
	childProtection     = "CHILD_PROTECTION"
	rehabilitation      = "REHABILITATION"
	legalDefence        = "LEGAL_DEFENCE"
	education           = "EDUCATION"
	serviceDelivery     = "SERVICE_DELIVERY"
	statistics          = "STATISTICS"
)
