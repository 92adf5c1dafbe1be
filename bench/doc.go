// Command bench measures the hub beside handlers written by hand for the same questions; README.md tells what and how.
package main
