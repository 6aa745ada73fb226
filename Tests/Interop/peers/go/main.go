// The peer that grpc-go (Debian golang-google-grpc-dev) is, of gRPC's interoperability cases: `interop-go server` prints
// its port; `interop-go client ADDRESS [CASE...]` prints "ok NAME" or "FAILED NAME: why" for each; `interop-go list` their
// names.
package main

import (
	"fmt"
	"os"
)

func main() {
	switch {
	case len(os.Args) == 2 && os.Args[1] == "list":
		for _, each := range cases {
			fmt.Println(each.name)
		}
	case len(os.Args) == 2 && os.Args[1] == "server":
		serve()
	case len(os.Args) >= 3 && os.Args[1] == "client":
		call(os.Args[2], os.Args[3:])
	default:
		fmt.Println("usage: interop-go list | server | client ADDRESS [CASE...]")
		os.Exit(64)
	}
}
