// delay-proxy LISTEN UPSTREAM MILLISECONDS passes TCP connections on, and each piece that a client sends so much later.
//
// A request for an object is one small piece, so its answer comes that much later, as from a server that is further away.
// Answers are passed on by splice(2), without a copy into this process: a proxy before a benchmark's server must not be a load.
package main

import (
	"io"
	"log"
	"net"
	"os"
	"strconv"
	"time"
)

const requestBytes = 64 * 1024

func main() {
	log.SetFlags(0)
	if len(os.Args) != 4 {
		log.Fatal("delay-proxy LISTEN UPSTREAM MILLISECONDS")
	}
	milliseconds, err := strconv.Atoi(os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	for {
		client, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go pass(client, os.Args[2], time.Duration(milliseconds)*time.Millisecond)
	}
}

func pass(client net.Conn, upstream string, delay time.Duration) {
	defer client.Close()
	server, err := net.Dial("tcp", upstream)
	if err != nil {
		log.Print(err)
		return
	}
	go func() {
		io.Copy(client, server)
		client.Close()
	}()
	defer server.Close()
	piece := make([]byte, requestBytes)
	for {
		n, err := client.Read(piece)
		if n > 0 {
			time.Sleep(delay)
			if _, err := server.Write(piece[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
