package country

// agency is one that takes part, with the people who work there.
type agency struct {
	id               uid
	code, name, kind string
	place            *place // where it sits
	reach            reach
	opens            int // in how many days, for a centre that is new
	staff            map[string][]*person
	former           *person // an inspector who has left
}

// reach is how far from its seat an agency serves.
type reach int

const (
	itsDistrict reach = iota
	itsSeat           // the districts that share its bar and police custody
	theCountry
)

// serves tells whether the agency works for a district.
func (a *agency) serves(p *place) bool {
	switch a.reach {
	case itsDistrict:
		return a.place == p
	case itsSeat:
		return a.place.seat == p.seat
	default:
		return a.kind != "HUB"
	}
}

func (a *agency) idOrNull() any {
	if a == nil {
		return nil
	}
	return a.id
}

// anyone draws somebody who works there in that role.
func (a *agency) anyone(r random, role string) *person { return oneOf(r, a.staff[role]) }

// Every district has these; the suffix completes the code, the name follows the district's.
var districtAgencies = []struct{ suffix, kind, name string }{
	{"POLICE", "POLICE", "Polis İdarəsi"},
	{"PROSECUTION", "PROSECUTION", "Prokurorluğu"},
	{"COURT", "COURT", "Məhkəməsi"},
	{"COMMISSION", "COMMISSION", "Yetkinlik Yaşına Çatmayanların İşləri üzrə Komissiyası"},
	{"ASSISTANCE", "SOCIAL_ASSISTANCE", "Sosial Müdafiə Şöbəsi"},
	{"SCHOOL-1", "SCHOOL", "1 nömrəli Tam Orta Məktəbi"},
	{"SCHOOL-2", "SCHOOL", "2 nömrəli Tam Orta Məktəbi"},
	{"SPORT", "PROVIDER", "“ÇAĞ” İdman Klubu"},
	{"ART", "PROVIDER", "“IŞIQ” İncəsənət Studiyası"},
	{"TRAINING", "PROVIDER", "Peşə Tədris Mərkəzi"},
}

// These exist once per seat.
var seatAgencies = []struct{ code, place, kind, name string }{
	{"BAK-BAR", "BAK-NAS", "BAR", "Bakı Vəkil Bürosu"},
	{"SUM-BAR", "SUM", "BAR", "Sumqayıt Vəkil Bürosu"},
	{"GAN-BAR", "GAN-KAP", "BAR", "Gəncə Vəkil Bürosu"},
	{"BAK-CUSTODY", "BAK-NAS", "DETENTION_PLACE", "Bakı Müvəqqəti Saxlama Yeri"},
	{"SUM-CUSTODY", "SUM", "DETENTION_PLACE", "Sumqayıt Müvəqqəti Saxlama Yeri"},
	{"GAN-CUSTODY", "GAN-KAP", "DETENTION_PLACE", "Gəncə Müvəqqəti Saxlama Yeri"},
}

// These serve the whole country. The hub's operator carries the mark that nothing here is real.
var nationalAgencies = []struct{ code, place, kind, name string }{
	{"BAK-CENTRE", "BAK-YAS", "DIVERSION_CENTRE", "Bakı Yönləndirmə Mərkəzi"},
	{"CLINIC", "BAK-SBL", "LEGAL_CLINIC", "Uşaq Hüquqları üzrə Hüquq Klinikası"},
	{"ISOLATOR", "BAK-SAB", "DETENTION_PLACE", "İstintaq Təcridxanası"},
	{"CLOSED-SCHOOL", "BAK-SUR", "DETENTION_PLACE", "Qapalı Tipli Xüsusi Məktəb"},
	{"PRISON", "BAK-QAR", "DETENTION_PLACE", "Yetkinlik Yaşına Çatmayanların Tərbiyə Müəssisəsi"},
	{"MONITORING", "BAK-SBL", "MONITORING", "Saxlama Yerlərinə Müstəqil Baxış Qrupu"},
	{"MINISTRY-INTERIOR", "BAK-SBL", "MINISTRY", "Daxili İşlər Nazirliyi"},
	{"MINISTRY-SOCIAL", "BAK-NAS", "MINISTRY", "Əmək və Əhalinin Sosial Müdafiəsi Nazirliyi"},
	{"HUB", "BAK-YAS", "HUB", "Korpu Operatoru (SİNTETİK ÖLKƏ: bütün şəxslər və işlər uydurmadır)"},
}

// suspendedCode is an agency that is admitted no more.
const suspendedCode = "BAK-PIR-ART"
