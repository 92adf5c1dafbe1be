package main

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"korpu/internal/audit"
	"korpu/internal/demo"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Look for records of the audit that were changed, removed, moved or cut off."`
	Anchor auditAnchorCmd `cmd:"" help:"Print the signed heads of the audit's chains, to be kept where nobody who holds the database can change them."`
}

type auditVerifyCmd struct {
	adminDatabase
	From      []string `placeholder:"CHAIN:SEQ:HASH" help:"Where an earlier verification of a chain ended; it is read from there. May be repeated."`
	Anchors   string   `type:"existingfile" placeholder:"FILE" help:"Anchors that were kept: what they name must still be there."`
	PublicKey string   `env:"KORPU_AUDIT_ANCHOR_PUBLIC_KEY" help:"The key that anchors are verified with, 32 bytes in base64."`
}

func (c auditVerifyCmd) Run(ctx context.Context) error {
	from, err := places(c.From)
	if err != nil {
		return err
	}
	anchors, err := c.anchors()
	if err != nil {
		return err
	}
	conn, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	began := time.Now()
	report, err := audit.Verify(ctx, conn, from, anchors)
	if err != nil {
		return err
	}
	took := time.Since(began).Seconds()
	fmt.Printf("%d records in %d chains, %.0f a second\n", report.Records, len(report.Heads), float64(report.Records)/took)
	for _, h := range report.Heads {
		fmt.Println(h)
	}
	for _, finding := range report.Findings {
		fmt.Println("FOUND", finding)
	}
	if n := len(report.Findings); n > 0 {
		return fmt.Errorf("the audit is not as it was written: %d findings", n)
	}
	return nil
}

func places(texts []string) (all []audit.Head, err error) {
	for _, text := range texts {
		h, err := audit.ParseHead(text)
		if err != nil {
			return nil, fmt.Errorf("--from: %w", err)
		}
		all = append(all, h)
	}
	return all, nil
}

func (c auditVerifyCmd) anchors() ([]audit.Head, error) {
	if c.Anchors == "" {
		return nil, nil
	}
	key, err := c.publicKey()
	if err != nil {
		return nil, err
	}
	file, err := os.Open(c.Anchors)
	if err != nil {
		return nil, fmt.Errorf("open the anchors: %w", err)
	}
	defer file.Close()
	anchors, err := audit.ReadAnchors(file, key)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Anchors, err)
	}
	return anchors, nil
}

func (c auditVerifyCmd) publicKey() (ed25519.PublicKey, error) {
	if c.Dir != "" {
		key, err := anchorKey(c.Dir, "")
		if err != nil {
			return nil, err
		}
		return key.Public().(ed25519.PublicKey), nil
	}
	return secret("KORPU_AUDIT_ANCHOR_PUBLIC_KEY", c.PublicKey, ed25519.PublicKeySize)
}

type auditAnchorCmd struct {
	adminDatabase
	Key    string `env:"KORPU_AUDIT_ANCHOR_KEY" help:"The key that anchors are signed with, 32 random bytes in base64."`
	Public bool   `help:"Print the key that verifies the anchors instead."`
}

func (c auditAnchorCmd) Run(ctx context.Context) error {
	key, err := anchorKey(c.Dir, c.Key)
	if err != nil {
		return err
	}
	if c.Public {
		fmt.Println(base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey)))
		return nil
	}
	conn, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	anchors, err := audit.Anchors(ctx, conn, key)
	if err != nil {
		return err
	}
	var failed []error
	lines := json.NewEncoder(os.Stdout)
	for _, a := range anchors {
		failed = append(failed, lines.Encode(a))
	}
	return errors.Join(failed...)
}

// anchorKey is the configured key, or that of a demo.
func anchorKey(dir, text string) (ed25519.PrivateKey, error) {
	read := func() ([]byte, error) { return secret("KORPU_AUDIT_ANCHOR_KEY", text, ed25519.SeedSize) }
	if dir != "" {
		read = func() ([]byte, error) { return demo.AnchorKey(dir) }
	}
	seed, err := read()
	if err != nil {
		return nil, err
	}
	return ed25519.NewKeyFromSeed(seed), nil
}
