package portal

import (
	"fmt"
	"strings"
	"time"
)

// baku is the time that people of the programme live by: four hours before UTC all year.
var baku = time.FixedZone("Asia/Baku", 4*60*60)

var months = map[string][]string{
	"az": {"yanvar", "fevral", "mart", "aprel", "may", "iyun", "iyul", "avqust", "sentyabr", "oktyabr", "noyabr", "dekabr"},
	"ru": {"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"},
	"en": {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

var weekdays = map[string][]string{
	"az": {"bazar", "bazar ertəsi", "çərşənbə axşamı", "çərşənbə", "cümə axşamı", "cümə", "şənbə"},
	"ru": {"воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"},
	"en": {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
}

// day writes a date or moment as a day: 26 noyabr 2026.
func day(lang string, value any) string {
	at, ok := moment(value)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%d %s %d", at.Day(), months[lang][at.Month()-1], at.Year())
}

// clock writes a moment with its time of day: 26 noyabr 2026, 14:30.
func clock(lang string, value any) string {
	at, ok := moment(value)
	if !ok {
		return ""
	}
	return day(lang, value) + at.Format(", 15:04")
}

func moment(value any) (time.Time, bool) {
	text, _ := value.(string)
	if !strings.Contains(text, "T") {
		at, err := time.ParseInLocation(time.DateOnly, text, baku)
		return at, err == nil
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	return at.In(baku), err == nil
}

// bound is a day or moment that no form gives: where today, this week and the next two weeks begin and end. It is empty for every other variable.
func bound(variable string) string {
	now := time.Now().In(baku)
	monday := -(int(now.Weekday()) + 6) % 7
	switch variable {
	case "today":
		return now.Format(time.DateOnly)
	case "dayBegins":
		return midnight(0).Format(time.RFC3339)
	case "dayEnds":
		return midnight(1).Format(time.RFC3339)
	case "fortnightEnds":
		return midnight(15).Format(time.RFC3339)
	case "weekBegins":
		return midnight(monday).Format(time.RFC3339)
	case "weekEnds":
		return midnight(monday + 7).Format(time.RFC3339)
	}
	return ""
}

// midnight is the one before the day that lies so many days ahead, less a second, as filters leave out their bounds.
func midnight(ahead int) time.Time {
	now := time.Now().In(baku)
	return time.Date(now.Year(), now.Month(), now.Day()+ahead, 0, 0, -1, 0, baku).UTC()
}
