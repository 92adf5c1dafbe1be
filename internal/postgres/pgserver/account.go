package pgserver

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
)

// account is the operating-system user that PostgreSQL's processes run as; PostgreSQL refuses to run as root.
type account struct {
	name     string
	uid, gid int
	dropped  bool // we are root and become this user
}

func serverAccount() (account, error) {
	if os.Geteuid() != 0 {
		return account{name: "the current user", uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			return droppedTo(u)
		}
	}
	return account{}, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody: run as an ordinary user")
}

func droppedTo(u *user.User) (account, error) {
	uid, uidErr := strconv.Atoi(u.Uid)
	gid, gidErr := strconv.Atoi(u.Gid)
	if err := errors.Join(uidErr, gidErr); err != nil {
		return account{}, fmt.Errorf("read the ids of user %s: %w", u.Username, err)
	}
	return account{name: u.Username, uid: uid, gid: gid, dropped: true}, nil
}

// makeFolder makes a new folder that only the account may enter.
func (a account) makeFolder(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil {
		return fmt.Errorf("make a folder for PostgreSQL: %w", err)
	}
	if !a.dropped {
		return nil
	}
	if err := os.Lchown(path, a.uid, a.gid); err != nil {
		return fmt.Errorf("give a folder to %s: %w", a.name, err)
	}
	return nil
}

// reaches tells whether the account may pass through path and every folder above it, as far as they exist.
func (a account) reaches(path string) bool {
	if !a.dropped {
		return true // the operating system will tell
	}
	for ; path != filepath.Dir(path); path = filepath.Dir(path) {
		info, err := os.Stat(path)
		if err == nil && info.Mode().Perm()&0o001 == 0 && !ownedBy(info, a.uid) {
			return false
		}
	}
	return true
}
