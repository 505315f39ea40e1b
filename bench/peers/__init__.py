"""Other tools that find coordination, run as their own packages bring them.

coordination-network-toolkit is the package of PyPI (1.5.2) in `.venv-peers`. CooRTweet is on CRAN
only, which not every machine reaches; `coortweet.R` is a re-implementation of its algorithm.
"""
