package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func verifiers(keys []string) (note.Verifiers, error) {
	var known []note.Verifier
	for _, key := range keys {
		verifier, err := note.NewVerifier(key)
		if err != nil {
			return nil, err
		}
		known = append(known, verifier)
	}
	return note.VerifierList(known...), nil
}

type checkpoint struct {
	origin string
	size   int64
	root   tlog.Hash
}

func readCheckpoint(known note.Verifiers, read source, path string) (checkpoint, error) {
	text, err := read(path)
	if err != nil {
		return checkpoint{}, err
	}
	return openCheckpoint(known, text)
}

func openCheckpoint(known note.Verifiers, text []byte) (checkpoint, error) {
	opened, err := note.Open(text, known)
	if err != nil {
		return checkpoint{}, fmt.Errorf("checkpoint: %w", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return checkpoint{}, errors.New("checkpoint: expected origin, size and root")
	}
	if opened.Sigs[0].Name != lines[0] {
		return checkpoint{}, errors.New("checkpoint: signed by the key of another log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return checkpoint{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return checkpoint{lines[0], size, root}, err
}

func checkContinues(tree stored, older, head checkpoint) error {
	if older.size > head.size || older.origin != head.origin {
		return fmt.Errorf("the older checkpoint has %d entries of %s, this log %d", older.size, older.origin, head.size)
	}
	proof, err := tlog.ProveTree(head.size, older.size, tree)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, head.size, head.root, older.size, older.root); err != nil {
		return fmt.Errorf("the log does not continue the older checkpoint of %d entries: %w", older.size, err)
	}
	return nil
}

// checkProof verifies a receipt, and that the head in it is one that this log had.
func checkProof(known note.Verifiers, tree stored, head checkpoint, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	path, signed, isProof := strings.Cut(string(text), "\n\n")
	lines := strings.Split(path, "\n")
	if !isProof || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
		return errors.New("no c2sp.org/tlog-proof@v1 with its index")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	then, err := openCheckpoint(known, []byte(signed))
	if err != nil {
		return err
	}
	if err := checkContinues(tree, then, head); err != nil {
		return err
	}
	entry, err := tree.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, then.size, then.root, index, entry[0])
}
