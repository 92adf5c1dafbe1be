package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/alecthomas/kong"

	"korpu/internal/refdocs"
	"korpu/policy"
	"korpu/schema"
)

// docsCmd writes the reference pages; it is for those who work on the hub.
type docsCmd struct {
	Dir string `arg:"" help:"The folder of the reference pages."`
}

func (c docsCmd) Run(k *kong.Kong) error {
	catalog, err := policy.ReadCatalog(schema.FS)
	if err != nil {
		return err
	}
	for name, text := range map[string]string{
		"schema.md": refdocs.Schema(catalog), "errors.md": refdocs.Errors(), "command-line.md": refdocs.Commands(k.Model), "commands.md": refdocs.Steps(catalog),
	} {
		if err := os.WriteFile(filepath.Join(c.Dir, name), []byte(text), 0o644); err != nil {
			return fmt.Errorf("write a reference page: %w", err)
		}
	}
	return nil
}
