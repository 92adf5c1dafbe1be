package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"korpu/internal/demo"
	"korpu/internal/vault"
	"korpu/policy"
	"korpu/schema"
)

type keysCmd struct {
	Create keysCreateCmd `cmd:"" help:"Make a key-encryption key in a new file."`
	Rotate keysRotateCmd `cmd:"" help:"Give agencies a new key, and move what they have encrypted under it. Hubs go on meanwhile."`
	Retire keysRetireCmd `cmd:"" help:"Remove the older keys of agencies, once nothing is under them."`
	Rewrap keysRewrapCmd `cmd:"" help:"Wrap the keys of all agencies in another key-encryption key."`
}

type keysCreateCmd struct {
	File string `arg:"" type:"path" help:"The file; it must not exist."`
}

func (c keysCreateCmd) Run() error {
	if err := vault.CreateKeyFile(c.File); err != nil {
		return err
	}
	fmt.Println("KORPU_KEY_URI=" + vault.FileURI(c.File))
	return nil
}

// keyring says with which key on which database a command works: the configured ones, or a demo's.
type keyring struct {
	adminDatabase
	KeyURI string `env:"KORPU_KEY_URI" help:"Where the key is that the agencies' keys are wrapped in; a demo has its own."`
}

// open returns the keeper of the database's keys. Its connection ends with the command.
func (k keyring) open(ctx context.Context) (*vault.Keeper, error) {
	uri := k.KeyURI
	if k.Dir != "" {
		var err error
		if uri, err = demo.KeyURI(k.Dir); err != nil {
			return nil, err
		}
	}
	kek, err := vault.OpenKEK(uri)
	if err != nil {
		return nil, fmt.Errorf("KORPU_KEY_URI: %w", err)
	}
	catalog, err := policy.ReadCatalog(schema.FS)
	if err != nil {
		return nil, err
	}
	conn, err := k.connect(ctx)
	if err != nil {
		return nil, err
	}
	keeper := &vault.Keeper{Conn: conn, KEK: kek}
	for _, f := range catalog.Encrypted() {
		keeper.Columns = append(keeper.Columns, f.Place())
	}
	return keeper, nil
}

type keysRotateCmd struct {
	keyring
	Agency string `placeholder:"CODE" help:"The agency alone, instead of all that have keys."`
}

func (c keysRotateCmd) Run(ctx context.Context) error {
	return c.forEach(ctx, c.Agency, func(k *vault.Keeper, h vault.Holder) error {
		moved, err := k.Rotate(ctx, h.Agency)
		if err != nil {
			return err
		}
		fmt.Printf("%s has a new key, and %d values are under it\n", h.Code, moved)
		return nil
	})
}

type keysRetireCmd struct {
	keyring
	Agency string        `placeholder:"CODE" help:"The agency alone, instead of all that have keys."`
	After  time.Duration `default:"5m" help:"How long nothing must have been found under the older keys, so that no instance still uses them."`
}

func (c keysRetireCmd) Run(ctx context.Context) error {
	return c.forEach(ctx, c.Agency, func(k *vault.Keeper, h vault.Holder) error {
		r, err := k.Retire(ctx, h.Agency, c.After)
		switch {
		case err != nil:
			return err
		case r.Wait > 0:
			fmt.Printf("%s keeps its older keys; %d values were under them. Come again in %s\n", h.Code, r.Moved, r.Wait.Round(time.Second))
		default:
			fmt.Printf("%s: %d older keys removed\n", h.Code, r.Removed)
		}
		return nil
	})
}

// forEach works on the agencies that have keys, or on one of them.
func (k keyring) forEach(ctx context.Context, code string, work func(*vault.Keeper, vault.Holder) error) error {
	keeper, err := k.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = keeper.Conn.Close(context.WithoutCancel(ctx)) }()
	holders, err := keeper.Holders(ctx, code)
	if err != nil {
		return err
	}
	var problems []error
	for _, h := range holders {
		if err := work(keeper, h); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", h.Code, err))
		}
	}
	return errors.Join(problems...)
}

type keysRewrapCmd struct {
	keyring
	To string `required:"" placeholder:"URI" help:"Where the other key is."`
}

func (c keysRewrapCmd) Run(ctx context.Context) error {
	to, err := vault.OpenKEK(c.To)
	if err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	keeper, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = keeper.Conn.Close(context.WithoutCancel(ctx)) }()
	rewrapped, err := keeper.Rewrap(ctx, to)
	if err != nil {
		return err
	}
	fmt.Printf("the keys of %d agencies are wrapped in the other key: start the hubs with KORPU_KEY_URI=%s\n", rewrapped, c.To)
	return nil
}
