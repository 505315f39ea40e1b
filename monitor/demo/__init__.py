"""The whole pipe on a synthetic campaign, offline: the real stages, a server and a mailbox here."""
