module s3pin.example/delay-proxy

go 1.21
