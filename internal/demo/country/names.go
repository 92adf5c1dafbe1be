package country

import "strings"

// Names of nobody: given names, fathers' names and family names are drawn apart from each other.
var (
	boys = strings.Fields(`Əli Məhəmməd Hüseyn Elçin Rəşad Tural Orxan Kənan Nicat Xəyal Qurban İlqar Ümid Ömər Şahin Çingiz Fərid
		Cavid Vüsal Zaur Murad Pərviz Yusif Səbuhi Bəxtiyar Anar Emin Ruslan Toğrul Ülvi İsmayıl Uğur Qəhrəman Xaliq Əjdər Gündüz
		Daşqın İbrahim Həsən Lətif Oqtay Sənan Mahir Teymur Rüfət Babək Natiq Vaqif`)
	girls = strings.Fields(`Aysel Günel Nərmin Leyla Fidan Xədicə Zəhra Şəbnəm Çinarə Ülviyyə İradə Qönçə Jalə Türkan Sevinc Könül
		Ülkər Aytən Məlahət Pərvanə Səidə Röya Həcər Yeganə Durna Ofelya Bənövşə Əsmər Vəfa Humay`)
	families = strings.Fields(`Məmmədov Əliyev Hüseynov Quliyev Həsənov Abbasov İsmayılov Rəhimov Şərifov Çələbiyev Xəlilov Ağayev
		Ömərov Vəliyev Babayev Kərimov Qasımov Orucov Nəbiyev Muradov Zeynalov Cəfərov Yusifov Bağırov Rzayev Tağıyev Səfərov
		Fətəliyev Sadıqov Əjdərov Üzeyirov İbrahimov Dadaşov Lətifov Pənahov Təhməzov Gözəlov Köçərli Kazımlı Axundzadə Elçinli`)
)

// familyName puts a family name into the form for women: -ov and -yev take an a, the older endings do not change.
func familyName(family string, female bool) string {
	if female && strings.HasSuffix(family, "v") {
		return family + "a"
	}
	return family
}

// patronymic is the father's name as it follows the given name.
func patronymic(father string, female bool) string {
	if female {
		return father + " qızı"
	}
	return father + " oğlu"
}

// fullName names an adult.
func (r random) fullName(family string, female bool) string {
	given := boys
	if female {
		given = girls
	}
	return oneOf(r, given) + " " + familyName(family, female)
}
