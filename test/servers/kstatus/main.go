// Prints what kstatus computes for each object of a JSON list on standard input: one word a line. With any argument, the
// version of the library.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

func main() {
	if len(os.Args) > 1 {
		fmt.Println("kstatus 0.37.2")
		return
	}
	var objects []json.RawMessage
	if err := json.NewDecoder(os.Stdin).Decode(&objects); err != nil {
		fail(err)
	}
	for _, object := range objects {
		var resource unstructured.Unstructured
		if err := resource.UnmarshalJSON(object); err != nil {
			fail(err)
		}
		result, err := status.Compute(&resource)
		if err != nil {
			fail(err)
		}
		fmt.Println(result.Status)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
