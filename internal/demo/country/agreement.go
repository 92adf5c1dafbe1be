package country

// obligation is what a child can agree to do; perWeek is zero where it is done once.
type obligation struct {
	kind, text string
	perWeek    int
	percent    float64
}

// The Diversion Centre asks for two or three visits a week, weekly meetings with a psychologist and with an inspector.
var (
	atCentre = []obligation{
		{"CENTRE_VISITS", "Mərkəzə həftədə iki dəfə gəlmək", 2, 60},
		{"CENTRE_VISITS", "Mərkəzə həftədə üç dəfə gəlmək", 3, 40},
		{"COUNSELLING", "Psixoloqla həftəlik görüş", 1, 100},
	}
	everywhere = []obligation{
		{"INSPECTOR_MEETINGS", "Uşaq inspektoru ilə həftəlik görüş", 1, 90},
		{"SCHOOL", "Məktəbə davam etmək", 5, 60},
		{"TRAINING", "Peşə kursuna yazılmaq", 0, 22},
		{"ACTIVITY", "İdman və ya incəsənət məşğələsi", 2, 55},
		{"RESTORATION", "Zərərçəkmişdən üzr istəmək, onun razılığı ilə", 0, 30},
	}
)

// agree writes the conditions of a diversion.
func (g *generator) agree(k *caseFile, d *diversionPlan, diversion uid) {
	agreed := everywhere
	if d.responsible.agency == g.centre {
		visits := atCentre[g.IntN(2)]
		agreed = append([]obligation{visits, atCentre[2]}, everywhere...)
	}
	for i, o := range agreed {
		if i > 0 && !g.chance(o.percent) {
			continue
		}
		var perWeek any
		if o.perWeek > 0 {
			perWeek = o.perWeek
		}
		g.record(conditions, k.child, k, d.responsible, d.changes[0].at, diversion, o.kind, o.text, perWeek)
	}
}
