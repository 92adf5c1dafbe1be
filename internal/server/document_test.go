package server

import "testing"

func TestAFingerprintTellsTheShapeAndNoValue(t *testing.T) {
	const document = `query Q($n: Int = 7) { case(number: "SUM-2026-00017") { number } }`
	for _, same := range []string{
		`query Q($n: Int = 8) { case(number: "GAN-2025-00001") { number } }`,
		"query Q ($n : Int = 1) # of a child\n{ case(number: \"\"), { number } }",
	} {
		if fingerprint(same) != fingerprint(document) {
			t.Errorf("%s has another fingerprint", same)
		}
	}
	for _, other := range []string{
		`query Q($n: Int = 7) { case(number: "SUM-2026-00017") { stage } }`,
		`query Q($n: Int = 7) { case(number: 7) { number } }`,
		`query R($n: Int = 7) { case(number: "SUM-2026-00017") { number } }`,
		`query Q($n: Int = 7) { case(num: "ber") { number } }`,
		`query Q($n: Int = 7) { case(number: "SUM-2026-00017") { num ber } }`,
	} {
		if fingerprint(other) == fingerprint(document) {
			t.Errorf("%s has the same fingerprint", other)
		}
	}
}
