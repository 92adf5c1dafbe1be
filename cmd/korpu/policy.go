package main

import (
	"context"
	"fmt"
	"os"

	"korpu/internal/postgres"
	"korpu/policy"
	"korpu/schema"
)

type policyCmd struct {
	Check   policyCheckCmd   `cmd:"" help:"Check the rules and compare every decision with Casbin's."`
	Matrix  policyMatrixCmd  `cmd:"" help:"Print who sees what, when, and under which articles."`
	Explain policyExplainCmd `cmd:"" help:"Explain what a role may see of a record or field, and why."`
	Diff    policyDiffCmd    `cmd:"" help:"Say which role gains or loses what, compared with the current policy or other rules."`
	Apply   policyApplyCmd   `cmd:"" help:"Make the policy the current one of the database."`
}

// ruleFiles says which rules a command works on.
type ruleFiles struct {
	Rules string `type:"existingdir" placeholder:"DIR" help:"A folder of rule files, instead of the rules in the binary."`
}

func (r ruleFiles) read() (policy.Files, error) {
	if r.Rules == "" {
		return policy.Embedded(), nil
	}
	return readRules(r.Rules)
}

func readRules(dir string) (policy.Files, error) {
	files, err := policy.ReadFiles(os.DirFS(dir))
	if err == nil && len(files) == 0 {
		return nil, fmt.Errorf("%s holds no rule files (*.csv)", dir)
	}
	return files, err
}

// build reads the rules and checks them, without asking Casbin.
func (r ruleFiles) build() (*policy.Compiled, error) {
	files, err := r.read()
	if err != nil {
		return nil, err
	}
	return policy.Build(schema.FS, files)
}

type policyCheckCmd struct {
	ruleFiles
}

func (c policyCheckCmd) Run() error {
	compiled, err := c.build()
	if err != nil {
		return err
	}
	if err := compiled.Verify(); err != nil {
		return err
	}
	fmt.Println("the policy is sound:", len(compiled.Rules.Rules), "rules,", len(compiled.Profiles), "profiles, and Casbin agrees")
	return nil
}

type policyMatrixCmd struct {
	ruleFiles
	Check string `type:"existingfile" xor:"to" placeholder:"FILE" help:"Say whether the file is the current matrix."`
	Out   string `type:"path" xor:"to" placeholder:"FILE" help:"Write the matrix to the file."`
}

func (c policyMatrixCmd) Run() error {
	compiled, err := c.build()
	if err != nil {
		return err
	}
	text := policy.Matrix(compiled)
	switch {
	case c.Check != "":
		return checkMatrix(c.Check, text)
	case c.Out != "":
		if err := os.WriteFile(c.Out, []byte(text), 0o644); err != nil {
			return fmt.Errorf("write the matrix: %w", err)
		}
	default:
		fmt.Print(text)
	}
	return nil
}

func checkMatrix(file, wanted string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read the matrix: %w", err)
	}
	if string(text) != wanted {
		return fmt.Errorf("%s is not the matrix of these rules: run korpu policy matrix --out %s, and review what changes", file, file)
	}
	return nil
}

type policyExplainCmd struct {
	ruleFiles
	Role    string            `required:"" help:"The role."`
	Purpose string            `help:"The purpose; by default the role's first."`
	Fact    map[string]string `placeholder:"CONDITION=true|false|unknown" help:"What holds; with facts, Casbin is asked for its answer. What is not given is false."`
	Object  string            `arg:"" help:"A record (Case) or field (Case.allegedFacts)."`
}

func (c policyExplainCmd) Run() error {
	compiled, err := c.build()
	if err != nil {
		return err
	}
	explanation, err := policy.Explain(compiled, c.Role, c.Purpose, c.Object)
	if err != nil {
		return err
	}
	fmt.Print(explanation)
	if len(c.Fact) == 0 {
		return nil
	}
	facts := map[string]policy.Truth{}
	for name, word := range c.Fact {
		if facts[name], err = policy.ParseTruth(word); err != nil {
			return err
		}
	}
	open, err := explanation.Ask(facts)
	if err != nil {
		return err
	}
	fmt.Printf("\nCasbin, with these facts: %s\n", map[bool]string{true: "open", false: "closed"}[open])
	return nil
}

type policyDiffCmd struct {
	ruleFiles
	adminDatabase
	From string `type:"existingdir" placeholder:"DIR" help:"A folder of rule files to compare with, instead of the current policy of the database."`
}

func (c policyDiffCmd) Run(ctx context.Context) error {
	after, err := c.build()
	if err != nil {
		return err
	}
	files, err := c.before(ctx)
	if err != nil {
		return err
	}
	before, err := policy.Salvage(schema.FS, files)
	if before == nil {
		return err
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "of the rules compared with, some do not fit this release; they are left out:\n%v\n\n", err)
	}
	changes := policy.Diff(before, after)
	for _, change := range changes {
		fmt.Println(change)
	}
	if len(changes) == 0 {
		fmt.Println("nobody gains or loses anything")
	}
	return nil
}

func (c policyDiffCmd) before(ctx context.Context) (policy.Files, error) {
	if c.From != "" {
		return readRules(c.From)
	}
	conn, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	files, _, err := postgres.CurrentRules(ctx, conn)
	return files, err
}

type policyApplyCmd struct {
	ruleFiles
	adminDatabase
}

func (c policyApplyCmd) Run(ctx context.Context) error {
	files, err := c.read()
	if err != nil {
		return err
	}
	compiled, err := policy.Compile(schema.FS, files)
	if err != nil {
		return err
	}
	conn, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	version, changed, err := postgres.Apply(ctx, conn, compiled)
	if err != nil {
		return err
	}
	if !changed {
		fmt.Printf("policy version %d is current already\n", version)
		return nil
	}
	fmt.Printf("policy version %d is current\n", version)
	return nil
}
