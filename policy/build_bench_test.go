package policy

import (
	"testing"

	"korpu/schema"
)

// Every start of a hub and every switch of the policy pays this.
func BenchmarkBuildingThePolicy(b *testing.B) {
	for b.Loop() {
		if _, err := Build(schema.FS, Embedded()); err != nil {
			b.Fatal(err)
		}
	}
}

// A policy that is applied for the first time pays this too.
func BenchmarkAskingCasbinAboutEveryDecision(b *testing.B) {
	for b.Loop() {
		if err := ours().Verify(); err != nil {
			b.Fatal(err)
		}
	}
}
