package country

// offence is an article of the law with facts as they could be alleged under it.
type offence struct{ article, facts string }

// From fourteen on children answer for grave acts, from sixteen on for all; before that the commission hears of them.
var (
	graveOffences = []offence{
		{"CC 126.1", "Münaqişə zamanı sağlamlığa ağır zərər vurulduğu iddia olunur."},
		{"CC 180.2", "Zor tətbiq etməklə mobil telefonun açıq talandığı iddia olunur."},
		{"CC 181.1", "Bıçaq göstərərək pul tələb edildiyi iddia olunur."},
		{"CC 221.3", "Dəstə halında xuliqanlıq edildiyi iddia olunur."},
		{"CC 228.1", "Üzərindən qanunsuz saxlanılan silah tapıldığı iddia olunur."},
		{"CC 177.2", "Qabaqcadan əlbir olaraq mənzildən oğurluq edildiyi iddia olunur."},
	}
	otherOffences = []offence{
		{"CC 177.1", "Mağazadan malın gizli götürüldüyü iddia olunur."},
		{"CC 127.1", "Dava zamanı sağlamlığa az ağır zərər vurulduğu iddia olunur."},
		{"CC 178.1", "İnternetdə aldatma yolu ilə pul alındığı iddia olunur."},
		{"CC 185.1", "Avtomobilin sahibindən icazəsiz sürüldüyü iddia olunur."},
		{"CC 186.1", "Məktəbin pəncərələrinin qəsdən sındırıldığı iddia olunur."},
		{"CC 221.1", "Parkda ictimai qaydanın kobud pozulduğu iddia olunur."},
		{"CC 234.1", "Üzərindən satış məqsədi olmadan narkotik vasitə tapıldığı iddia olunur."},
	}
	pettyOffences = []offence{
		{"CAO 227", "Marketdən xırda malın götürüldüyü iddia olunur."},
		{"CAO 510", "Küçədə xırda xuliqanlıq edildiyi iddia olunur."},
		{"CC 177.1", "Velosipedin gizli götürüldüyü iddia olunur; yaş həddinə görə iş komissiyaya verilib."},
	}
)

var allegationCounts = odds[int]{{1, 72}, {2, 20}, {3, 8}}

// allege writes what the child is alleged to have done.
func (g *generator) allege(k *caseFile) {
	age := k.child.ageOn(k.acted)
	for range allegationCounts.draw(g.random) {
		o := oneOf(g.random, offencesAt(age))
		if k.facts == "" {
			k.facts = o.facts
		}
		g.record(allegations, k.child, k, k.officer, k.opened, o.article, k.acted, age)
	}
}

func offencesAt(age int) []offence {
	switch {
	case age < 14:
		return pettyOffences
	case age < 16:
		return graveOffences
	default:
		return append(otherOffences[:len(otherOffences):len(otherOffences)], graveOffences...)
	}
}
