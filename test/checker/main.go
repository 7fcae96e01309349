// Checker reads a Waarborg log with other people's code: golang.org/x/mod/sumdb for notes, trees and proofs, and Go's own
// Ed25519 for reports. It shares nothing with Waarborg but the documented formats (docs/formats/bundle.md), so that what
// both accept does not rest on one reading of them.
//
//	checker [-key VKEY]... [-token TOKEN] [-since CHECKPOINT] [-proof FILE]... FOLDER|URL
//
// It ends with 0 where the log holds, 1 where it does not, 2 for wrong words.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// list is a flag that may be given more than once.
type list []string

func (l *list) String() string { return strings.Join(*l, " ") }

func (l *list) Set(value string) error {
	*l = append(*l, value)
	return nil
}

func main() {
	token := flag.String("token", "", "for a collector's entries")
	since := flag.String("since", "", "an older checkpoint, which the log must continue")
	var keys, proofs list
	flag.Var(&keys, "key", "a verification key of the log; else the one of bundle.json")
	flag.Var(&proofs, "proof", "a c2sp.org/tlog-proof that must hold for its entry")
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	summary, err := check(flag.Arg(0), keys, *token, *since, proofs)
	if err != nil {
		fmt.Fprintln(os.Stderr, "rejected:", err)
		os.Exit(1)
	}
	fmt.Println(summary)
}

func check(place string, keys []string, token, since string, proofs []string) (string, error) {
	read, what, err := open(place, token)
	if err != nil {
		return "", err
	}
	if len(keys) == 0 {
		keys = []string{what.LogKey}
	}
	known, err := verifiers(keys)
	if err != nil {
		return "", err
	}
	head, err := readCheckpoint(known, read, "checkpoint")
	if err != nil {
		return "", err
	}
	if head.size < 1 {
		return "", errors.New("the log is empty: there is nothing to check")
	}
	entries, err := readEntries(read, head.size)
	if err != nil {
		return "", err
	}
	tree, err := hashTree(read, entries, what.Scope != nil)
	if err != nil {
		return "", err
	}
	root, err := tlog.TreeHash(head.size, tree)
	if err != nil {
		return "", err
	}
	if root != head.root {
		return "", fmt.Errorf("checkpoint: the entries hash to %v, and %v was signed", root, head.root)
	}
	if err := checkTiles(read, tree, head.size); err != nil {
		return "", err
	}
	reports, err := checkReports(entries)
	if err != nil {
		return "", err
	}
	if since != "" {
		older, err := readCheckpoint(known, os.ReadFile, since)
		if err != nil {
			return "", err
		}
		if err := checkContinues(tree, older, head); err != nil {
			return "", err
		}
	}
	for _, file := range proofs {
		if err := checkProof(known, tree, head, file); err != nil {
			return "", fmt.Errorf("%s: %w", file, err)
		}
	}
	return fmt.Sprintf("%d entries of %s, %d signed reports, %d proofs", head.size, head.origin, reports, len(proofs)), nil
}
