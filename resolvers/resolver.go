// Package resolvers answers the root fields, one file per SDL file. What is asked of records goes to records whole: no
// field below a root has a resolver, so none can forget a rule.
package resolvers

import (
	"korpu/internal/commands"
	"korpu/internal/identity"
	"korpu/internal/records"
)

//go:generate go run ../internal/codegen

// Resolver holds what root fields call.
type Resolver struct {
	Records  *records.Store
	Commands *commands.Runner
	People   *identity.Authenticator
}
