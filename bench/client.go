package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
)

// link is one connection of the load generator. It does as little as can be done for an answer, as generator, contestant
// and PostgreSQL share the machine: a request is bytes made beforehand, and an answer is only found and compared.
type link struct {
	conn   net.Conn
	reader *bufio.Reader
	body   []byte
}

func dial(ctx context.Context, addr string) (*link, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("connect to a contestant: %w", err)
	}
	return &link{conn: conn, reader: bufio.NewReaderSize(conn, 64<<10)}, nil
}

func (l *link) close() { _ = l.conn.Close() }

var (
	statusOK      = []byte("HTTP/1.1 200 ")
	contentLength = []byte("content-length:")
)

// ask sends a request and returns the body of the answer, which is good until the next one.
func (l *link) ask(request []byte) ([]byte, error) {
	if _, err := l.conn.Write(request); err != nil {
		return nil, fmt.Errorf("send a request: %w", err)
	}
	line, err := l.reader.ReadSlice('\n')
	if err != nil {
		return nil, fmt.Errorf("read an answer: %w", err)
	}
	status := "" // of an answer that is none; kept before the next read overwrites it
	if !bytes.HasPrefix(line, statusOK) {
		status = string(bytes.TrimSpace(line))
	}
	size, err := l.head()
	if err != nil {
		return nil, err
	}
	if cap(l.body) < size {
		l.body = make([]byte, size)
	}
	l.body = l.body[:size]
	if _, err := io.ReadFull(l.reader, l.body); err != nil {
		return nil, fmt.Errorf("read an answer: %w", err)
	}
	if status != "" {
		return nil, fmt.Errorf("the answer was %s: %.300s", status, l.body)
	}
	return l.body, nil
}

// head reads the rest of the head and returns the length of the body.
func (l *link) head() (size int, err error) {
	size = -1
	for {
		line, err := l.reader.ReadSlice('\n')
		if err != nil {
			return 0, fmt.Errorf("read an answer: %w", err)
		}
		if len(line) <= 2 {
			if size < 0 {
				return 0, errors.New("an answer does not tell its length")
			}
			return size, nil
		}
		if len(line) > len(contentLength) && bytes.EqualFold(line[:len(contentLength)], contentLength) {
			if size, err = strconv.Atoi(string(bytes.TrimSpace(line[len(contentLength):]))); err != nil {
				return 0, fmt.Errorf("read the length of an answer: %w", err)
			}
		}
	}
}
