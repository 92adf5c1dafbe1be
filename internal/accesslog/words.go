package accesslog

import "strings"

// file is the kind of a reading that asked for identifiers alone.
const file = "FILE"

// kindOf says of which kind a class of data is to a child. All that is between child and lawyer is one kind, so that the log
// tells nobody that there is a note. Classes that say nothing of a child have none.
var kindOf = map[string]string{
	"REFERENCE": "", "LINK": "", "DIRECTORY": "", "STAFF": "", "CLIENT": "",
	"MINIMAL_IDENTITY": "NAME", "IDENTITY": "NAME", "CONTACT": "HOME", "HEALTH_SAFETY": "HEALTH", "SCHOOL_STATUS": "SCHOOL",
	"CASE": "CASE", "SCHEDULE": "CASE", "ALLEGED": "ALLEGED", "PROCEDURE": "DECISIONS", "DETENTION": "DETENTION", "DETENTION_DATES": "DETENTION",
	"COUNSEL": "LAWYER", "MANDATE": "LAWYER", "POWER_OF_ATTORNEY": "LAWYER", "LEGAL_TASK": "LAWYER", "LEGAL_REGISTER": "LAWYER", "LEGAL_PRIVILEGE": "LAWYER", "RELEASED_NOTE": "LAWYER",
	"DIVERSION": "AGREEMENT", "CONDITIONS": "AGREEMENT", "AGREEMENT": "AGREEMENT", "ACKNOWLEDGEMENT": "AGREEMENT", "STATUS_CARD": "AGREEMENT",
	"CONSENT": "CONSENT", "CARE_TEAM": "HELPERS", "REFERRAL": "SERVICES", "REFERRAL_NEED": "SERVICES", "ACCESS_LOG": "LOG", "READER": "LOG",
	"EMERGENCY_ACCESS": "EMERGENCY", "HARM": "SAFETY", "SEALING": "CASE", "CASELOAD": "", "INTAKE": "SERVICES", "PLAN": "PLAN", "PLAN_ACTION": "PLAN",
	"ATTENDANCE": "VISITS", "SESSION_NOTE": "VISITS", "SOCIAL_ASSESSMENT": "ASSESSMENT", "PSYCHOLOGICAL": "ASSESSMENT", "RECOMMENDATION": "ASSESSMENT", "NOTE_REGISTER": "VISITS",
	"FOLLOW_UP": "VISITS", "FIGURES": "", "MEETING": "VISITS", "MISSION": "", "PREVENTION": "SERVICES", "LEARNING": "SCHOOL", "ASSISTANCE": "AID",
}

// untold are classes of which a reading says nothing: whom a report of harm is about may read the log.
var untold = map[string]bool{"HARM": true}

// language is how a reading is told in a language.
type language struct {
	looked, why            string
	roles, kinds, purposes map[string]string
}

// tell says who has looked at what, and why.
func (l language) tell(t *telling) string {
	kinds := make([]string, len(t.Kinds))
	for i, kind := range t.Kinds {
		kinds[i] = l.kinds[kind]
	}
	return l.roles[t.Role] + " ({agency}) " + l.looked + ": " + strings.Join(kinds, "; ") + ". " + l.why + ": " + l.purposes[t.Purpose] + "."
}

var english = language{
	looked: "looked at", why: "Why",
	roles: map[string]string{
		"police_officer": "A police officer", "police_inspector": "A police inspector for children", "prosecutor": "A prosecutor", "judge": "A judge",
		"court_clerk": "A clerk of the court", "commission_secretary": "The secretary of the children's commission", "commission_member": "A member of the children's commission",
		"centre_manager": "The head of the centre", "social_worker": "A social worker", "psychologist": "A psychologist", "clinic_lawyer": "A lawyer of the legal clinic",
		"defence_lawyer": "A defence lawyer", "school_focal_point": "Somebody of the school", "activity_provider": "Somebody of the club or course",
		"assistance_officer": "Somebody of social assistance", "facility_registrar": "Whoever keeps the register of the place of detention",
		"monitor": "A monitor, who checks places of detention", "analyst": "An analyst", "dpo": "The officer who guards your data", "administrator": "An administrator of the system",
	},
	kinds: map[string]string{
		"FILE": "that there is a file about you", "NAME": "your name and age", "HOME": "where you live and who your family is", "HEALTH": "what you need to be safe and well",
		"SCHOOL": "how it is with school", "CASE": "your case, and when and where something happens in it", "ALLEGED": "what you are said to have done",
		"DECISIONS": "what was decided about you and why", "DETENTION": "whether you were held somewhere", "LAWYER": "the help of your lawyer",
		"AGREEMENT": "what was agreed with you instead of a court, and how it goes", "CONSENT": "what you allowed others to see", "HELPERS": "who works with you",
		"SERVICES": "where you were sent for help", "AID": "for what help your family applied, and the answer", "LOG": "who has read your file", "PLAN": "your plan: what you want to reach, and who does what for it", "VISITS": "your visits and meetings, and how they went", "ASSESSMENT": "what was found out about how you and your family are, and what may help", "EMERGENCY": "whether your data were opened in an emergency", "SAFETY": "what was reported so that you are safe",
	},
	purposes: map[string]string{
		"CASE_PROCEEDINGS": "to work on your case", "SUPERVISION": "to see how you are doing", "COURT_ADMINISTRATION": "to prepare the court", "CHILD_PROTECTION": "to protect you",
		"REHABILITATION": "to help you", "LEGAL_DEFENCE": "to defend you", "EDUCATION": "for your school", "SERVICE_DELIVERY": "so that you can take part",
		"DETENTION_REGISTER": "to keep the register", "MONITORING": "to check that you are treated well", "STATISTICS": "to count, without your name",
		"DATA_PROTECTION": "to guard your data", "SYSTEM_ADMINISTRATION": "to keep the system running", "EMERGENCY": "because of an emergency",
		"ADULT_PROCEEDING": "for a case of an adult", "REVIEW": "because a court let a closed case be opened",
	},
}

var azerbaijani = language{
	looked: "bunlara baxıb", why: "Nə üçün",
	roles: map[string]string{
		"police_officer": "Polis əməkdaşı", "police_inspector": "Polisin uşaqlar üzrə inspektoru", "prosecutor": "Prokuror", "judge": "Hakim",
		"court_clerk": "Məhkəmə katibi", "commission_secretary": "Uşaq komissiyasının katibi", "commission_member": "Uşaq komissiyasının üzvü",
		"centre_manager": "Mərkəzin rəhbəri", "social_worker": "Sosial işçi", "psychologist": "Psixoloq", "clinic_lawyer": "Hüquq klinikasının hüquqşünası",
		"defence_lawyer": "Vəkil", "school_focal_point": "Məktəbin nümayəndəsi", "activity_provider": "Dərnəyin və ya kursun nümayəndəsi",
		"assistance_officer": "Sosial yardım işçisi", "facility_registrar": "Saxlanma yerinin qeydiyyatçısı",
		"monitor": "Saxlanma yerlərini yoxlayan monitor", "analyst": "Analitik", "dpo": "Sənin məlumatlarını qoruyan məsul şəxs", "administrator": "Sistemin administratoru",
	},
	kinds: map[string]string{
		"FILE": "sənin haqqında işin olması", "NAME": "adın və yaşın", "HOME": "harada yaşadığın və ailən", "HEALTH": "təhlükəsiz və sağlam olmaq üçün sənə lazım olanlar",
		"SCHOOL": "məktəblə bağlı vəziyyətin", "CASE": "sənin işin, orada nəyin nə vaxt və harada baş verdiyi", "ALLEGED": "nə etdiyin deyilir",
		"DECISIONS": "sənin haqqında nəyin və nə üçün qərara alındığı", "DETENTION": "saxlanılıb-saxlanılmadığın", "LAWYER": "hüquqşünasının köməyi",
		"AGREEMENT": "məhkəmə əvəzinə səninlə nəyin razılaşdırıldığı və necə getdiyi", "CONSENT": "başqalarına nəyi görməyə icazə verdiyin", "HELPERS": "səninlə kimlərin işlədiyi",
		"SERVICES": "kömək üçün hara göndərildiyin", "AID": "ailənin hansı yardıma müraciət etdiyi və cavab", "LOG": "sənin işini kimlərin oxuduğu", "PLAN": "sənin planın: nəyə çatmaq istədiyin və bunun üçün kimin nə etdiyi", "VISITS": "görüşlərin və onların necə keçdiyi", "ASSESSMENT": "sənin və ailənin vəziyyəti və nəyin kömək edə biləcəyi", "EMERGENCY": "məlumatlarının fövqəladə halda açılıb-açılmadığı", "SAFETY": "təhlükəsizliyin üçün nəyin bildirildiyi",
	},
	purposes: map[string]string{
		"CASE_PROCEEDINGS": "işin üzərində işləmək üçün", "SUPERVISION": "vəziyyətini bilmək üçün", "COURT_ADMINISTRATION": "məhkəməni hazırlamaq üçün", "CHILD_PROTECTION": "səni qorumaq üçün",
		"REHABILITATION": "sənə kömək etmək üçün", "LEGAL_DEFENCE": "səni müdafiə etmək üçün", "EDUCATION": "məktəbin üçün", "SERVICE_DELIVERY": "iştirak edə bilməyin üçün",
		"DETENTION_REGISTER": "qeydiyyatı aparmaq üçün", "MONITORING": "səninlə yaxşı davranıldığını yoxlamaq üçün", "STATISTICS": "adın olmadan saymaq üçün",
		"DATA_PROTECTION": "məlumatlarını qorumaq üçün", "SYSTEM_ADMINISTRATION": "sistemin işləməsi üçün", "EMERGENCY": "fövqəladə hal olduğu üçün",
		"ADULT_PROCEEDING": "yetkin şəxsin işi üçün", "REVIEW": "məhkəmə bağlı işə baxmağa icazə verdiyi üçün",
	},
}

var russian = language{
	looked: "— смотрели на это", why: "Зачем",
	roles: map[string]string{
		"police_officer": "Сотрудник полиции", "police_inspector": "Инспектор полиции по делам детей", "prosecutor": "Прокурор", "judge": "Судья",
		"court_clerk": "Секретарь суда", "commission_secretary": "Секретарь детской комиссии", "commission_member": "Член детской комиссии",
		"centre_manager": "Руководитель центра", "social_worker": "Социальный работник", "psychologist": "Психолог", "clinic_lawyer": "Юрист юридической клиники",
		"defence_lawyer": "Адвокат", "school_focal_point": "Представитель школы", "activity_provider": "Представитель кружка или курса",
		"assistance_officer": "Сотрудник социальной помощи", "facility_registrar": "Тот, кто ведёт журнал в месте содержания",
		"monitor": "Монитор, который проверяет места содержания", "analyst": "Аналитик", "dpo": "Тот, кто охраняет твои данные", "administrator": "Администратор системы",
	},
	kinds: map[string]string{
		"FILE": "что о тебе есть дело", "NAME": "твои имя и возраст", "HOME": "где ты живёшь и кто твоя семья", "HEALTH": "что тебе нужно для безопасности и здоровья",
		"SCHOOL": "как дела со школой", "CASE": "твоё дело, что, когда и где в нём происходит", "ALLEGED": "что, как говорят, произошло",
		"DECISIONS": "что о тебе решили и почему", "DETENTION": "держали ли тебя где-то", "LAWYER": "помощь твоего юриста",
		"AGREEMENT": "о чём с тобой договорились вместо суда и как это идёт", "CONSENT": "что ты разрешаешь видеть другим", "HELPERS": "кто с тобой работает",
		"SERVICES": "куда тебя направили за помощью", "AID": "о какой помощи просила твоя семья и что ответили", "LOG": "кто читал твоё дело", "PLAN": "твой план: чего ты хочешь добиться и кто что для этого делает", "VISITS": "твои встречи и как они прошли", "ASSESSMENT": "что узнали о тебе и твоей семье и что может помочь", "EMERGENCY": "открывали ли твои данные в срочном случае", "SAFETY": "что сообщили ради твоей безопасности",
	},
	purposes: map[string]string{
		"CASE_PROCEEDINGS": "чтобы работать над твоим делом", "SUPERVISION": "чтобы знать, как у тебя дела", "COURT_ADMINISTRATION": "чтобы подготовить суд", "CHILD_PROTECTION": "чтобы защитить тебя",
		"REHABILITATION": "чтобы помочь тебе", "LEGAL_DEFENCE": "чтобы защищать твои права в деле", "EDUCATION": "для твоей школы", "SERVICE_DELIVERY": "чтобы тебе можно было участвовать",
		"DETENTION_REGISTER": "чтобы вести журнал", "MONITORING": "чтобы проверить, хорошо ли с тобой обращаются", "STATISTICS": "чтобы посчитать, без твоего имени",
		"DATA_PROTECTION": "чтобы охранять твои данные", "SYSTEM_ADMINISTRATION": "чтобы система работала", "EMERGENCY": "из-за срочного случая",
		"ADULT_PROCEEDING": "для дела взрослого", "REVIEW": "потому что суд разрешил открыть закрытое дело",
	},
}
