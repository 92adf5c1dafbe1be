package country

import (
	"fmt"
	"strings"
)

// place is a district with the agencies that work there.
type place struct {
	id               uid
	code, name, city string
	seat             string // the city whose bar and police custody serve it: BAK, SUM or GAN
	weight           int    // its share of the children
	diverts          bool   // its children can come to the Diversion Centre several times a week

	police, prosecution, court, commission, assistance, custody, bar *agency
	schools, providers                                               []*agency
}

// Shares are in thousandths, roughly by population.
var defaultPlaces = []place{
	{code: "BAK-BIN", name: "Binəqədi", city: "Bakı", seat: "BAK", weight: 60, diverts: true},
	{code: "BAK-NAR", name: "Nərimanov", city: "Bakı", seat: "BAK", weight: 50, diverts: true},
	{code: "BAK-NAS", name: "Nəsimi", city: "Bakı", seat: "BAK", weight: 60, diverts: true},
	{code: "BAK-NIZ", name: "Nizami", city: "Bakı", seat: "BAK", weight: 50, diverts: true},
	{code: "BAK-PIR", name: "Pirallahı", city: "Bakı", seat: "BAK", weight: 10, diverts: true},
	{code: "BAK-QAR", name: "Qaradağ", city: "Bakı", seat: "BAK", weight: 40, diverts: true},
	{code: "BAK-SAB", name: "Sabunçu", city: "Bakı", seat: "BAK", weight: 65, diverts: true},
	{code: "BAK-SBL", name: "Səbail", city: "Bakı", seat: "BAK", weight: 30, diverts: true},
	{code: "BAK-SUR", name: "Suraxanı", city: "Bakı", seat: "BAK", weight: 60, diverts: true},
	{code: "BAK-XAT", name: "Xətai", city: "Bakı", seat: "BAK", weight: 75, diverts: true},
	{code: "BAK-XZR", name: "Xəzər", city: "Bakı", seat: "BAK", weight: 45, diverts: true},
	{code: "BAK-YAS", name: "Yasamal", city: "Bakı", seat: "BAK", weight: 65, diverts: true},
	{code: "SUM", name: "Sumqayıt", city: "Sumqayıt", seat: "SUM", weight: 150},
	{code: "GAN-KAP", name: "Kəpəz", city: "Gəncə", seat: "GAN", weight: 70},
	{code: "GAN-NIZ", name: "Nizami", city: "Gəncə", seat: "GAN", weight: 70},
	{code: "GOR", name: "Goranboy", city: "Goranboy", seat: "GAN", weight: 20},
	{code: "GYG", name: "Göygöl", city: "Göygöl", seat: "GAN", weight: 20},
	{code: "SAM", name: "Samux", city: "Samux", seat: "GAN", weight: 20},
	{code: "SKR", name: "Şəmkir", city: "Şəmkir", seat: "GAN", weight: 20},
	{code: "DAS", name: "Daşkəsən", city: "Daşkəsən", seat: "GAN", weight: 20},
}

const (
	largeCountry = 10_000 // above so many children, made-up districts join and all have equal shares
	largePlaces  = 50
)

// placesFor returns the districts of a country of that size.
func placesFor(count int) []*place {
	var places []*place
	for _, p := range defaultPlaces {
		places = append(places, &p)
	}
	if count <= largeCountry {
		return places
	}
	for i := len(places) + 1; i <= largePlaces; i++ {
		name := fmt.Sprintf("Sintetik %d", i)
		places = append(places, &place{code: fmt.Sprintf("S%02d", i), name: name, city: name, seat: "BAK", diverts: true})
	}
	for _, p := range places {
		p.weight = 1
	}
	return places
}

// series is the city's part of case numbers: SUM, BAK.
func (p *place) series() string {
	city, _, _ := strings.Cut(p.code, "-")
	return city
}

// title is the district as agencies carry it in their names.
func (p *place) title() string {
	switch {
	case p.code == "SUM":
		return "Sumqayıt Şəhər"
	case p.name == p.city:
		return p.name + " Rayon"
	default:
		return p.city + " " + p.name + " Rayon"
	}
}
