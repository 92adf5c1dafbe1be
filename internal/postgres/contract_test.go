package postgres_test

import (
	"strings"
	"testing"

	"korpu/internal/hubtest"
	"korpu/internal/postgres"
)

func TestTablesThatAreNotWhatTheSDLSaysAreRefusedByTheFieldsName(t *testing.T) {
	for _, c := range []struct{ what, sql, field, told string }{
		{"a column that nobody has made", "alter table korpu.child drop column school_status cascade", "Child.schoolStatus", "needs the column korpu.child.school_status"},
		{"a column of another type", "alter table korpu.allegation drop column age_at_act cascade; alter table korpu.allegation add age_at_act smallint", "Allegation.ageAtAct", "make the column integer"},
		{"a moment that is a day", "alter table korpu.legal_note drop column signed_at cascade; alter table korpu.legal_note add signed_at date", "LegalNote.signedAt", "make the column timestamp with time zone"},
		{"a promise that the column does not keep", "alter table korpu.child drop constraint child_pkey cascade; alter table korpu.child alter id drop not null", "Child.id", "never null"},
		{"an order with gaps", "alter table korpu.child alter family_name drop not null", "Child.familyName", "orders lists"},
		{"a filter without an index", "drop index korpu.staff_by_name", "Staff.name", "add an index"},
		{"a text where it should be encrypted", "alter table korpu.legal_note drop column body cascade; alter table korpu.legal_note add body text", "LegalNote.body", "make the column bytea"},
		{"an encrypted value of nobody", "alter table korpu.legal_note alter agency_id drop not null", "LegalNote.title", "make the column a uuid that is not null"},
		{"a link with two ends", "alter table korpu.diversion drop constraint diversion_is_one_per_case", "Case.diversion", "is not unique"},
		{"a link without an end", "alter table korpu.referral drop column receiver_id cascade", "Referral.receiver", "needs the column korpu.referral.receiver_id"},
	} {
		t.Run(c.what, func(t *testing.T) {
			_, admin := hubtest.Database(t)
			if _, err := admin.Exec(t.Context(), c.sql); err != nil {
				t.Fatal(err)
			}
			_, _, err := postgres.Apply(t.Context(), admin, hubtest.Policy())
			if err == nil || !strings.Contains(err.Error(), c.field) || !strings.Contains(err.Error(), c.told) || !strings.Contains(err.Error(), "schema/") {
				t.Fatalf("error %v", err)
			}
		})
	}
}

func TestSchemasOfOthersAreLeftAlone(t *testing.T) {
	_, admin := hubtest.Database(t)
	if _, err := admin.Exec(t.Context(), `create schema v1_of_somebody_else; create schema "v0_""; drop table korpu.child; --" authorization korpu_owner`); err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"one", "two"} {
		apply(t, admin, changed(t, n))
	}
	var left int
	err := admin.QueryRow(t.Context(), "select count(*) from pg_namespace where nspname in ('v1_of_somebody_else', 'v0_\"; drop table korpu.child; --')").Scan(&left)
	if err != nil || left != 1 {
		t.Fatalf("%d left, error %v", left, err)
	}
	if _, err := admin.Exec(t.Context(), "select from korpu.child"); err != nil {
		t.Fatal(err)
	}
}
