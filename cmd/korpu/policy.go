package main

import (
	"fmt"

	"korpu/policy"
	"korpu/schema"
)

type policyCmd struct {
	Check policyCheckCmd `cmd:"" help:"Check the rules and compare every decision with Casbin's."`
}

type policyCheckCmd struct{}

func (policyCheckCmd) Run() error {
	c, err := policy.Compile(schema.FS, policy.Embedded())
	if err != nil {
		return err
	}
	fmt.Println("the policy is sound:", len(c.Rules.Rules), "rules,", len(c.Profiles), "profiles")
	return nil
}
