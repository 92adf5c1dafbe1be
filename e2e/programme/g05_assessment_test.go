package programme

import "testing"

// editions are the parts of a child's assessment as a persona sees them, and what they recommend.
const editions = `query($id: ID!) { child(id: $id) { assessment(first: 100) { kind edition content signedAt replaces { edition } } } }`

const recommends = `query($id: ID!) { child(id: $id) { recommendations(first: 100) { kind edition recommendation } } }`

func (s *story) recommended(who string, c child) map[string]any {
	s.t.Helper()
	found, _ := s.asks(who, recommends, map[string]any{"id": c.id}).(map[string]any)
	all := map[string]any{}
	for _, r := range list(found, "recommendations") {
		kind, named := r["kind"].(string)
		if !named {
			kind = "PSYCHOLOGICAL"
		}
		all[kind] = r["recommendation"]
	}
	return all
}

// As social worker I assess; what I have signed does not change: a revision is a new edition, and the old one stays.
func TestStoryG05ASignedPartDoesNotChangeARevisionIsANewEdition(t *testing.T) {
	s := tell(t)
	c := s.ward()
	part := s.do("social-worker", "writeAssessmentPart", "id edition", map[string]any{"case": c.file, "kind": "SOCIAL", "content": "Misses school.", "recommendation": "Help with school."}).Done()
	rewrite := func(version int) map[string]any {
		return map[string]any{"id": part["id"], "expectedVersion": version, "content": "Misses school on Mondays.", "recommendation": "Help with school."}
	}
	revise := map[string]any{"replaces": part["id"], "content": "Goes to school.", "recommendation": "Football."}
	s.do("social-worker", "reviseAssessmentPart", "id", revise).Refused("INVALID", "not signed")
	s.do("social-worker", "fileAssessmentPart", "id", map[string]any{"id": part["id"], "expectedVersion": 1}).Refused("INVALID", "only a signed part")
	s.do("social-worker", "rewriteAssessmentPart", "content", rewrite(1)).Done()
	if r := s.recommended("manager", c); len(r) != 0 {
		t.Fatalf("a draft recommends %v", r)
	}
	s.do("social-worker", "signAssessmentPart", "signedAt", map[string]any{"id": part["id"], "expectedVersion": 2}).Done()
	s.do("social-worker", "rewriteAssessmentPart", "content", rewrite(3)).Refused("INVALID", "new edition")
	revise["idempotencyKey"] = nil
	next := s.do("social-worker", "reviseAssessmentPart", "id version kind edition replaces { edition }", revise).Done()
	if next["edition"] != 2.0 || next["kind"] != "SOCIAL" || next["replaces"].(map[string]any)["edition"] != 1.0 {
		t.Fatalf("%v", next)
	}
	// Until the new edition is signed the old one speaks.
	if r := s.recommended("manager", c); r["SOCIAL"] != "Help with school." {
		t.Fatalf("%v", r)
	}
	s.do("social-worker", "signAssessmentPart", "signedAt", map[string]any{"id": next["id"], "expectedVersion": 1}).Done()
	if r := s.recommended("manager", c); len(r) != 1 || r["SOCIAL"] != "Football." {
		t.Fatalf("%v", r)
	}
	if n := len(list(s.asks("manager", editions, map[string]any{"id": c.id}).(map[string]any), "assessment")); n != 2 {
		t.Fatalf("%d editions", n)
	}
	s.do("social-worker-two", "signAssessmentPart", "id", map[string]any{"id": next["id"], "expectedVersion": 2}).Refused("NOT_FOUND", "")
}

// As psychologist I assess apart: the manager and the authority see what I recommend, and not what it rests on.
func TestStoryG05OfThePsychologicalPartOthersSeeTheRecommendation(t *testing.T) {
	s := tell(t)
	c := s.ward()
	part := s.do("psychologist", "writePsychologicalPart", "id instrument result", map[string]any{"case": c.file, "instrument": "A test.", "result": "A score of 12.", "recommendation": "Weekly sessions."}).Done()
	if part["result"] != "A score of 12." {
		t.Fatalf("%v", part)
	}
	s.do("psychologist", "signPsychologicalPart", "id", map[string]any{"id": part["id"], "expectedVersion": 1}).Done()
	for _, who := range []string{"manager", "social-worker"} {
		if r := s.recommended(who, c); r["PSYCHOLOGICAL"] != "Weekly sessions." {
			t.Fatalf("%s is recommended %v", who, r)
		}
	}
	if r := s.recommended("secretary-sumgayit", c); len(r) != 0 {
		t.Fatalf("the commission is recommended %v before it is filed", r)
	}
	s.do("psychologist", "filePsychologicalPart", "filedOn", map[string]any{"id": part["id"], "expectedVersion": 2}).Done()
	s.do("psychologist", "filePsychologicalPart", "filedOn", map[string]any{"id": part["id"], "expectedVersion": 3}).Refused("INVALID", "filed once")
	if r := s.recommended("secretary-sumgayit", c); r["PSYCHOLOGICAL"] != "Weekly sessions." {
		t.Fatalf("the commission is recommended %v", r)
	}
	for _, who := range []string{"manager", "social-worker", "secretary-sumgayit", "judge-sumgayit", "prosecutor-sumgayit", "inspector-sumgayit", "administrator"} {
		s.hasNo(who, "{ child(id: \"8d6c7ee8-3f3c-4f0c-9f5e-1a7a53a1a001\") { psychologicalAssessment { result } } }")
	}
	for _, who := range []string{"officer-sumgayit", "inspector-sumgayit"} {
		s.hasNo(who, "{ child(id: \"8d6c7ee8-3f3c-4f0c-9f5e-1a7a53a1a001\") { recommendations { recommendation } } }")
	}
	if value[bool](s, "select position(convert_to('score', 'UTF8') in result) > 0 from korpu.psychological_part where id = $1", part["id"]) {
		t.Fatal("the database holds the text")
	}
}
