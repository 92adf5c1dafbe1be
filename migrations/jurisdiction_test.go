package migrations_test

import (
	"os"
	"strings"
	"testing"

	"korpu/internal/hubtest"
	"korpu/internal/postgres/pgtest"
)

func TestThePageOfTheJurisdictionPackNamesEveryColumnAndRule(t *testing.T) {
	page, err := os.ReadFile("../docs/reference/jurisdiction.md")
	if err != nil {
		t.Fatal(err)
	}
	_, conn := hubtest.Database(t)
	for _, name := range pgtest.Column[string](t, conn, `
		select column_name from information_schema.columns where table_schema = 'korpu' and table_name in ('jurisdiction', 'sealing_rule', 'expungement_rule', 'publication_rule')
		 union select rule || '`+"`, ' || months || '"+` months' from (select * from korpu.sealing_rule) s
		 union select rule || '`+"`, ' || months || '"+` months' from korpu.expungement_rule`) {
		if !strings.Contains(string(page), name) {
			t.Errorf("the page does not name %s", name)
		}
	}
}
