# A re-implementation of CooRTweet's algorithm, to time ours beside it. This is not CooRTweet, which
# is on CRAN only. It does the same steps with the same library (data.table) as version 2.1.3: all
# pairs of an object first, then those that are near in time. CooRTweet goes on to build an igraph
# graph of the edges, and that time is left out here. Its results are compared, in
# tests/bench/test_peers.py, with files that CooRTweet itself wrote.
#
#   Rscript coortweet.R SHARES.csv FOLDER WITHIN MIN_PARTICIPATION LOOPS QUANTILE
#
# SHARES.csv: object_id, account_id, content_id, timestamp, in their order. Writes pairs.csv and
# edges.csv into FOLDER, and prints the seconds that the computation took.

suppressPackageStartupMessages(library(data.table))
setDTthreads(2)

# Every two shares of one object, the one with the lower place as the left one.
all_pairs <- function(placed, within) {
  met <- placed[placed, on = .(place < place), nomatch = NULL, allow.cartesian = TRUE,
    .(content_id = x.content_id, content_id_y = i.content_id, account_id = x.account_id,
      account_id_y = i.account_id, time_delta = x.timestamp - i.timestamp)]
  met[abs(time_delta) <= within]
}

without_loops <- function(pairs) {
  pairs[object_id != content_id & object_id != content_id_y &
    content_id != content_id_y & account_id != account_id_y]
}

with_an_active_side <- function(pairs, shares, at_least) {
  paired <- unique(c(pairs$content_id, pairs$content_id_y))
  inside <- shares[content_id %in% paired, if (.N >= at_least) .SD, by = account_id]
  posts <- as.character(inside$content_id)
  pairs[content_id %in% posts | content_id_y %in% posts]
}

detected <- function(shares, within, at_least, loops) {
  active <- shares[, if (.N >= at_least) .SD, by = account_id]
  names <- c("object_id", "account_id", "content_id")
  active[, (names) := lapply(.SD, as.factor), .SDcols = names]
  active[, place := seq_len(.N), by = object_id]
  pairs <- active[, all_pairs(.SD, within), by = object_id,
    .SDcols = c("account_id", "content_id", "timestamp", "place")]
  texts <- setdiff(base::names(pairs), "time_delta")
  pairs[, (texts) := lapply(.SD, as.character), .SDcols = texts]
  if (!loops) pairs <- without_loops(pairs)
  if (at_least >= 1) pairs <- with_an_active_side(pairs, active, at_least)
  pairs[time_delta > 0, `:=`(content_id = content_id_y, content_id_y = content_id,
    account_id = account_id_y, account_id_y = account_id)]
  pairs[, time_delta := abs(time_delta)][]
}

network <- function(pairs, share) {
  sorted <- copy(pairs)[, `:=`(account_id = pmin(account_id, account_id_y),
    account_id_y = pmax(account_id, account_id_y))]
  edges <- sorted[, .(weight = .N, avg_time_delta = mean(time_delta),
    n_content_id = uniqueN(content_id), n_content_id_y = uniqueN(content_id_y)),
    by = .(account_id, account_id_y)]
  edges[, edge_symmetry := pmin(n_content_id, n_content_id_y) / pmax(n_content_id, n_content_id_y)]
  edges[, above := weight > quantile(weight, share)][]
}

given <- commandArgs(trailingOnly = TRUE)
Sys.setlocale("LC_COLLATE", "C") -> done # accounts are sorted by code points, as ours are
texts <- c("object_id", "account_id", "content_id")
shares <- fread(given[1], colClasses = list(character = texts), na.strings = NULL)
begun <- proc.time()[["elapsed"]]
pairs <- detected(shares, as.numeric(given[3]), as.numeric(given[4]), given[5] == "TRUE")
edges <- if (nrow(pairs)) network(pairs, as.numeric(given[6])) else data.table()
seconds <- proc.time()[["elapsed"]] - begun
fwrite(pairs, file.path(given[2], "pairs.csv"))
fwrite(edges, file.path(given[2], "edges.csv"))
cat(sprintf("%.6f\n", seconds))
