package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// source gives the bytes under a path of C2SP tlog-tiles.
type source func(path string) ([]byte, error)

// manifest is what a bundle says of itself. A running collector has none.
type manifest struct {
	LogKey string
	// Scope is there where entries are left out: the bundle then holds nothing but their hashes.
	Scope json.RawMessage
}

func open(place, token string) (source, manifest, error) {
	var what manifest
	if strings.HasPrefix(place, "http:") || strings.HasPrefix(place, "https:") {
		return collector(place, token), what, nil
	}
	read := folder(place)
	text, err := read("bundle.json")
	if err != nil {
		return nil, what, err
	}
	return read, what, json.Unmarshal(text, &what)
}

func folder(root string) source {
	return func(path string) ([]byte, error) { return os.ReadFile(filepath.Join(root, path)) }
}

func collector(prefix, token string) source {
	return func(path string) ([]byte, error) {
		request, err := http.NewRequest("GET", strings.TrimSuffix(prefix, "/")+"/"+path, nil)
		if err != nil {
			return nil, err
		}
		if token != "" {
			request.Header.Set("Authorization", "Bearer "+token)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return nil, err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("%s: %s", path, response.Status)
		}
		return io.ReadAll(response.Body)
	}
}

// pathOf takes out what Go's checksum database has and tlog-tiles has not: the tiles' height, and another word for entries.
func pathOf(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
	return "tile/" + strings.Replace(path, "data/", "entries/", 1)
}
