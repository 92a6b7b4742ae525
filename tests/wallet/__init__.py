"""Tests of the wallet: engine, kiosk and command line."""
