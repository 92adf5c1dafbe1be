package accesslog

import (
	"slices"
	"strings"
	"time"
)

// Sharing is what an agency may see of a child for a purpose, to be told to the child.
type Sharing struct {
	Agency, Purpose, State string
	Classes                []string
	Until                  *time.Time
}

// Kinds are the kinds of the classes, as the log names them.
func (s Sharing) Kinds() []string {
	var all []string
	for _, class := range s.Classes {
		if kind := kindOf[class]; kind != "" && !slices.Contains(all, kind) {
			all = append(all, kind)
		}
	}
	return all
}

// InWords tells it in Azerbaijani, Russian and English. Agencies of which the child's plan is seen by law are those that run it.
func (s Sharing) InWords() (az, ru, en string) {
	return s.in(azerbaijani, inAzerbaijani), s.in(russian, inRussian), s.in(english, inEnglish)
}

// sharingWords are sentences for a child; each says what it means to refuse.
type sharingWords struct {
	states      map[string]string
	until, plan string
}

func (s Sharing) in(l language, w sharingWords) string {
	kinds := s.Kinds()
	for i, kind := range kinds {
		kinds[i] = l.kinds[kind]
	}
	until := ""
	if s.Until != nil {
		until = strings.ReplaceAll(w.until, "{day}", s.Until.Format("02.01.2006"))
	}
	text := strings.NewReplacer("{agency}", s.Agency, "{kinds}", strings.Join(kinds, "; "), "{purpose}", l.purposes[s.Purpose], "{until}", until).Replace(w.states[s.State])
	if s.State == "BY_LAW" && s.Purpose == "REHABILITATION" && slices.Contains(s.Classes, "PLAN") {
		text += w.plan
	}
	return text
}

var inEnglish = sharingWords{
	states: map[string]string{
		"BY_LAW": "{agency} may see: {kinds}. Why: {purpose}. The law opens this: you cannot refuse it, but you can ask to have put right what is wrong.",
		"AGREED": "{agency} may see, because you or your guardian agreed: {kinds}. Why: {purpose}.{until} You can take it back at any time: then they see it no more, and the help you get stays the same.",
		"CLOSED": "{agency} does not see: {kinds}. Why it might be needed: {purpose}. It stays closed unless it is agreed: if you say no, the help you get stays the same.",
	},
	until: " Until {day}.",
	plan:  " Your plan begins only when you say yes to it, unless somebody decides what is best for you, and writes down why.",
}

var inAzerbaijani = sharingWords{
	states: map[string]string{
		"BY_LAW": "{agency} bunları görə bilər: {kinds}. Nə üçün: {purpose}. Buna qanun icazə verir: imtina edə bilməzsən, amma səhvlərin düzəldilməsini istəyə bilərsən.",
		"AGREED": "{agency} sən və ya qəyyumun razı olduğu üçün bunları görə bilər: {kinds}. Nə üçün: {purpose}.{until} Razılığı istənilən vaxt geri götürə bilərsən: onda bunları daha görməyəcəklər, aldığın kömək isə dəyişməyəcək.",
		"CLOSED": "{agency} bunları görmür: {kinds}. Nə üçün lazım ola bilər: {purpose}. Razılıq olmasa, bağlı qalır: yox desən, aldığın kömək dəyişməyəcək.",
	},
	until: " {day} tarixinə qədər.",
	plan:  " Planın yalnız sən razı olanda başlayır; başqa cür yalnız o halda ki, kimsə sənin üçün ən yaxşısının nə olduğuna qərar verib səbəbini yazsın.",
}

var inRussian = sharingWords{
	states: map[string]string{
		"BY_LAW": "{agency} может видеть: {kinds}. Зачем: {purpose}. Это разрешает закон: отказаться нельзя, но можно попросить исправить ошибки.",
		"AGREED": "{agency} с согласия твоего или опекуна может видеть: {kinds}. Зачем: {purpose}.{until} Согласие можно забрать в любое время: тогда этого больше не увидят, а помощь тебе останется прежней.",
		"CLOSED": "{agency} не видит: {kinds}. Зачем это могло бы понадобиться: {purpose}. Без согласия это остаётся закрытым: если сказать «нет», помощь тебе останется прежней.",
	},
	until: " До {day}.",
	plan:  " План начинается только с твоего согласия; иначе — только если кто-то решит, что для тебя лучше, и напишет почему.",
}
