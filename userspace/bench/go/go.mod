module bucketmap/bench

go 1.19
